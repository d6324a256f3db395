#include "sim/sim_executor.h"

#include <algorithm>

namespace tally::sim {

SimExecutor::SimExecutor(std::uint64_t seed, ports::ExecutorLimits const& limits,
                         std::function<void()> wake)
    : prng_(seed), limits_(limits), wake_(std::move(wake)), lanes_(limits.begin(), limits.end()) {}

bool SimExecutor::run(ports::TaskLane lane, ports::Task task) {
  if (!lanes_[static_cast<std::size_t>(lane)].put(std::move(task))) return false;
  wake_();
  return true;
}

bool SimExecutor::empty() const {
  return std::ranges::all_of(lanes_, [](auto const& lane) { return lane.empty(); });
}

// Lanes have threads of their own elsewhere, so any of them may come first.
bool SimExecutor::step() {
  std::size_t const first = prng_.below(lanes_.size());
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    auto const task = lanes_[(first + i) % lanes_.size()].take();
    if (!task) continue;
    (*task)();
    return true;
  }
  return false;
}

void SimExecutor::clear() {
  auto const dropped =
      std::exchange(lanes_, std::vector<wiring::LaneQueue>(limits_.begin(), limits_.end()));
}

}  // namespace tally::sim
