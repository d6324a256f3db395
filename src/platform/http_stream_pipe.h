#pragma once

// The bytes of one streamed response on their way from the thread that writes them to the event
// loop that owns the connection. Bounded: past `bytes_max` there is no room, until the connection
// has taken half of them.
//
//     open --end--> ended --all taken--> done
//       \--dropped, or written without room--> broken: the connection is cut off
//       \--the connection has ended----------> abandoned: nobody reads any more

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace tally::platform {

class HttpStreamPipe {
 public:
  // `notify` tells the loop that there is something to take; it is called at most once between two
  // calls of `take`.
  HttpStreamPipe(std::size_t bytes_max, std::function<void()> notify)
      : bytes_max_(bytes_max), notify_(std::move(notify)) {}

  // The writer's side; see ports::ResponseStream.
  std::size_t write(std::string_view piece);
  void when_room(std::function<void()> resume);
  void end();
  void drop();  // no more will come, and the body is not complete
  bool gone() const;

  // The loop's side.
  enum class State { open, ended, broken };
  struct Taken {
    std::string bytes;
    State state = State::open;  // `ended`: these bytes are the last
  };
  Taken take(std::size_t bytes_max);
  std::size_t bytes() const;  // that wait
  void abandon();             // nobody reads any more

 private:
  std::size_t room() const {
    return waiting_.size() < bytes_max_ ? bytes_max_ - waiting_.size() : 0;
  }
  bool must_notify() { return !abandoned_ && !std::exchange(notified_, true); }

  std::size_t const bytes_max_;
  std::function<void()> const notify_;
  mutable std::mutex mutex_;
  std::string waiting_;
  State state_ = State::open;
  bool abandoned_ = false;
  bool notified_ = false;
  std::function<void()> resume_;
};

}  // namespace tally::platform
