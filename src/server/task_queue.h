#pragma once

// The tasks that wait for the thread that may block. Lanes take turns by weight, and in a lane its
// owners do, so a task waits for one of each other owner and never for all that somebody brought.
// Each lane is bounded, and so is an owner's share of it: who is past it is refused at once, and no
// task ever runs on the thread that brought it. Any thread.

#include <array>
#include <optional>

#include "api/tasks.h"
#include "base/mutex.h"
#include "base/turns.h"

namespace tally::server {

class TaskQueue {
 public:
  struct Bound {
    std::size_t all;
    std::size_t of_owner;
  };
  // By lane. What must be answered is bounded by the requests that there are, and never refused.
  static constexpr std::array<Bound, api::kTaskLanes> kBounds{Bound{0, 0}, Bound{512, 64},
                                                              Bound{4096, 512}, Bound{256, 32}};

  // False, and the task is gone, if the lane or its owner's share is full.
  bool put(api::Task task);
  std::optional<std::function<void()>> take();
  std::size_t size() const;

 private:
  struct Lanes {
    std::array<Turns<std::function<void()>>, api::kTaskLanes> lanes;
    std::size_t turn = 0;  // of kTurns, see task_queue.cc
  };
  Mutex<Lanes> lanes_;
};

}  // namespace tally::server
