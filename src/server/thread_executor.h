#pragma once

// ports::Executor on threads: each lane has its own, and they share nothing but the processors.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "server/wiring/lane_queue.h"

namespace tally::server {

class ThreadExecutor final : public ports::Executor {
 public:
  explicit ThreadExecutor(ports::ExecutorLimits const& limits = ports::kLaneLimits);
  ~ThreadExecutor() override { stop(); }
  ThreadExecutor(ThreadExecutor const&) = delete;
  ThreadExecutor& operator=(ThreadExecutor const&) = delete;

  // Until then tasks only wait.
  void start();
  // What runs ends, what waits is dropped, and what comes is refused from here on. Whatever tasks
  // refer to must live until this returned. Not from a task.
  void stop();

  bool run(ports::TaskLane lane, ports::Task task) override;
  ports::LaneCount count(ports::TaskLane lane) const override;

 private:
  struct Lane {
    explicit Lane(ports::LaneLimits const& of_lane) : limits(of_lane), queue(of_lane) {}
    ports::LaneLimits const limits;
    mutable std::mutex mutex;  // of the queue and of `stopping`
    std::condition_variable changed;
    wiring::LaneQueue queue;
    std::vector<std::thread> threads;
    bool stopping = false;
  };
  static void work(Lane& lane);
  Lane& at(ports::TaskLane lane) const { return *lanes_[static_cast<std::size_t>(lane)]; }

  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace tally::server
