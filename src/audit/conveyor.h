#pragma once

// What one thread hands to the next, in order. A few batches at most wait between the two, so who
// is ahead waits for who is behind.

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace tally::audit {

template <class Batch>
class Conveyor {
 public:
  // Waits for room. False: nobody takes any more.
  bool put(Batch batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.size() < kBatchesWaiting || closed_; });
    if (closed_) return false;
    waiting_.push_back(std::move(batch));
    changed_.notify_all();
    return true;
  }
  // Waits for one. Nothing: no more come.
  std::optional<Batch> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !waiting_.empty() || ended_; });
    if (waiting_.empty()) return std::nullopt;
    std::optional<Batch> batch(std::move(waiting_.front()));
    waiting_.pop_front();
    changed_.notify_all();
    return batch;
  }
  // From who puts: no more come.
  void end() { set(ended_); }
  // From who takes: no more are taken.
  void close() { set(closed_); }

 private:
  static constexpr std::size_t kBatchesWaiting = 4;

  void set(bool& what) {
    std::lock_guard const lock(mutex_);
    what = true;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> waiting_;
  bool ended_ = false;
  bool closed_ = false;
};

// However a thread leaves, by an exception too, nobody waits for it: it ends what it puts into and
// closes what it takes from.
template <class Batch>
class Leaving {
 public:
  using Leave = void (Conveyor<Batch>::*)();
  Leaving(Conveyor<Batch>& conveyor, Leave leave) : conveyor_(conveyor), leave_(leave) {}
  ~Leaving() { (conveyor_.*leave_)(); }
  Leaving(Leaving const&) = delete;
  Leaving& operator=(Leaving const&) = delete;

 private:
  Conveyor<Batch>& conveyor_;
  Leave leave_;
};

}  // namespace tally::audit
