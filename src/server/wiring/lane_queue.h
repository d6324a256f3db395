#pragma once

// The tasks that wait in one lane of an executor: owners take turns, so a task waits for one of
// each other owner and never for all that somebody brought. Both the lane and an owner's share of
// it are bounded; what is past its bound is refused at once. One thread at a time.

#include <optional>

#include "base/turns.h"
#include "ports/executor.h"

namespace tally::wiring {

class LaneQueue {
 public:
  explicit LaneQueue(ports::LaneLimits const& limits) : limits_(limits) {}

  // False, and the task is left as it is, if the lane or its owner's share is full.
  bool put(ports::Task&& task);
  // The next in turn.
  std::optional<std::function<void()>> take() { return turns_.take(); }
  bool empty() const { return turns_.empty(); }
  ports::LaneCount count() const { return {.waiting = turns_.size(), .refused = refused_}; }

 private:
  ports::LaneLimits limits_;
  Turns<std::function<void()>> turns_;
  std::uint64_t refused_ = 0;
};

}  // namespace tally::wiring
