#pragma once

// ports::Executor as steps of the simulator: what waits runs when its machine steps it, in whatever
// lane it is drawn from, and dies with the process.

#include <array>

#include "base/prng.h"
#include "server/wiring/lane_queue.h"

namespace tally::sim {

class SimExecutor final : public ports::Executor {
 public:
  // `wake` is called whenever there is something to step.
  SimExecutor(std::uint64_t seed, ports::ExecutorLimits const& limits, std::function<void()> wake);

  bool run(ports::TaskLane lane, ports::Task task) override;
  ports::LaneCount count(ports::TaskLane lane) const override { return at(lane).count(); }

  bool empty() const;
  // Runs the next task of some lane in which one waits. False: none does.
  bool step();
  // The process is gone.
  void clear();

 private:
  wiring::LaneQueue const& at(ports::TaskLane lane) const {
    return lanes_[static_cast<std::size_t>(lane)];
  }

  Prng prng_;
  ports::ExecutorLimits limits_;
  std::function<void()> wake_;
  std::vector<wiring::LaneQueue> lanes_;
};

}  // namespace tally::sim
