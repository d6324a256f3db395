#pragma once

// Shared data lives inside a Mutex<T>: it cannot be touched without the lock.

#include <mutex>
#include <utility>

namespace tally {

template <class T>
class Mutex {
 public:
  Mutex() = default;
  explicit Mutex(T value) : value_(std::move(value)) {}

  // Calls f(value) under the lock and returns what it returns.
  template <class F>
  decltype(auto) with(F&& f) {
    std::lock_guard<std::mutex> const guard(mutex_);
    return std::forward<F>(f)(value_);
  }
  template <class F>
  decltype(auto) with(F&& f) const {
    std::lock_guard<std::mutex> const guard(mutex_);
    return std::forward<F>(f)(value_);
  }

 private:
  mutable std::mutex mutex_;
  T value_;
};

}  // namespace tally
