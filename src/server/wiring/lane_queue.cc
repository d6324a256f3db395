#include "server/wiring/lane_queue.h"

namespace tally::wiring {

bool LaneQueue::put(ports::Task&& task) {
  bool const is_full = turns_.size() >= limits_.waiting_max;
  bool const has_its_share = turns_.size_of(task.owner) >= limits_.of_owner_max;
  if (is_full || has_its_share) {
    ++refused_;
    return false;
  }
  turns_.put(task.owner, std::move(task.run));
  return true;
}

}  // namespace tally::wiring
