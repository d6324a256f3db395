#include "server/task_queue.h"

namespace tally::server {

namespace {

using api::TaskLane;

// Whose turn it is; a lane that is empty gives its turn to the next one. So answers wait for one
// other task at most, and tasks of strangers get a sixth of the thread where all lanes are full.
constexpr std::array kTurns{TaskLane::answer, TaskLane::write,  TaskLane::answer,
                            TaskLane::read,   TaskLane::answer, TaskLane::open};

bool is_refusable(TaskLane lane) { return lane != TaskLane::answer; }

}  // namespace

bool TaskQueue::put(api::Task task) {
  return lanes_.with([&](Lanes& all) {
    auto const number = static_cast<std::size_t>(task.lane);
    auto& lane = all.lanes[number];
    Bound const& bound = kBounds[number];
    bool const full = lane.size() >= bound.all || lane.size_of(task.whose) >= bound.of_owner;
    if (full && is_refusable(task.lane)) return false;
    lane.put(task.whose, std::move(task.run));
    return true;
  });
}

std::optional<std::function<void()>> TaskQueue::take() {
  return lanes_.with([](Lanes& all) -> std::optional<std::function<void()>> {
    for (std::size_t i = 0; i < kTurns.size(); ++i) {
      auto& lane = all.lanes[static_cast<std::size_t>(kTurns[all.turn])];
      all.turn = (all.turn + 1) % kTurns.size();
      if (!lane.empty()) return lane.take();
    }
    return std::nullopt;
  });
}

std::size_t TaskQueue::size() const {
  return lanes_.with([](Lanes const& all) {
    std::size_t sum = 0;
    for (auto const& lane : all.lanes) sum += lane.size();
    return sum;
  });
}

}  // namespace tally::server
