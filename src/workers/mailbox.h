#pragma once

// Answers come from any thread; they wait here until the worker's next step. The box is shared
// with the callbacks, so an answer that comes after the worker's end falls into an empty house.

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace tally::workers {

template <class Message>
class Mailbox {
 public:
  // `wake` is called after each message, from the sender's thread; may be empty.
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  void put(Message message) {
    {
      std::lock_guard lock(mutex_);
      messages_.push_back(std::move(message));
    }
    if (wake_) wake_();
  }

  std::vector<Message> take_all() {
    std::lock_guard lock(mutex_);
    return std::exchange(messages_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<Message> messages_;
  std::function<void()> wake_;
};

}  // namespace tally::workers
