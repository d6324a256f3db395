#include "platform/http_stream_pipe.h"

#include <algorithm>
#include <utility>

namespace tally::platform {

// Neither `notify` nor `resume` is called, or destroyed, under the lock: both may come back here.

std::size_t HttpStreamPipe::write(std::string_view piece) {
  std::size_t left = 0;
  bool notify = false;
  {
    std::lock_guard const lock(mutex_);
    if (abandoned_ || state_ != State::open) return 0;
    if (piece.empty()) return room();
    if (room() == 0) {
      state_ = State::broken;
    } else {
      waiting_ += piece;
      left = room();
    }
    notify = must_notify();
  }
  if (notify) notify_();
  return left;
}

void HttpStreamPipe::when_room(std::function<void()> resume) {
  {
    std::lock_guard const lock(mutex_);
    bool const must_wait = !abandoned_ && state_ == State::open && room() == 0;
    if (must_wait) {
      resume_.swap(resume);  // what was there goes, outside the lock
      return;
    }
  }
  resume();
}

void HttpStreamPipe::end() {
  bool notify = false;
  std::function<void()> unused;  // may own the stream: it goes outside the lock
  {
    std::lock_guard const lock(mutex_);
    if (state_ == State::open) state_ = State::ended;
    unused.swap(resume_);
    notify = must_notify();
  }
  if (notify) notify_();
}

void HttpStreamPipe::drop() {
  bool notify = false;
  {
    std::lock_guard const lock(mutex_);
    if (state_ != State::open) return;
    state_ = State::broken;
    notify = must_notify();
  }
  if (notify) notify_();
}

bool HttpStreamPipe::gone() const {
  std::lock_guard const lock(mutex_);
  return abandoned_ || state_ == State::broken;
}

HttpStreamPipe::Taken HttpStreamPipe::take(std::size_t bytes_max) {
  Taken taken;
  std::function<void()> resume;
  {
    std::lock_guard const lock(mutex_);
    notified_ = false;
    if (waiting_.size() <= bytes_max) {
      taken.bytes = std::exchange(waiting_, {});
    } else {
      taken.bytes = waiting_.substr(0, bytes_max);
      waiting_.erase(0, bytes_max);
    }
    bool const all = waiting_.empty() || state_ != State::ended;
    taken.state = all ? state_ : State::open;
    if (waiting_.size() <= bytes_max_ / 2) resume.swap(resume_);
  }
  if (resume) resume();
  return taken;
}

std::size_t HttpStreamPipe::bytes() const {
  std::lock_guard const lock(mutex_);
  return waiting_.size();
}

void HttpStreamPipe::abandon() {
  std::function<void()> resume;
  {
    std::lock_guard const lock(mutex_);
    abandoned_ = true;
    waiting_ = {};
    resume.swap(resume_);
  }
  if (resume) resume();
}

}  // namespace tally::platform
