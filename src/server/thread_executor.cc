#include "server/thread_executor.h"

#include <utility>

namespace tally::server {

ThreadExecutor::ThreadExecutor(ports::ExecutorLimits const& limits) {
  for (ports::LaneLimits const& of_lane : limits) lanes_.push_back(std::make_unique<Lane>(of_lane));
}

void ThreadExecutor::start() {
  for (auto const& lane : lanes_)
    while (lane->threads.size() < lane->limits.threads)
      lane->threads.emplace_back([&own = *lane] { work(own); });
}

void ThreadExecutor::work(Lane& lane) {
  for (;;) {
    std::unique_lock lock(lane.mutex);
    lane.changed.wait(lock, [&] { return lane.stopping || !lane.queue.empty(); });
    if (lane.stopping) return;
    auto const task = lane.queue.take();
    lock.unlock();
    (*task)();
  }
}

// What waited is destroyed without the lock: a task's end may bring another one.
void ThreadExecutor::stop() {
  for (auto const& lane : lanes_) {
    std::lock_guard const lock(lane->mutex);
    lane->stopping = true;
    lane->changed.notify_all();
  }
  for (auto const& lane : lanes_) {
    for (std::thread& thread : lane->threads) thread.join();
    lane->threads.clear();
    std::unique_lock lock(lane->mutex);
    wiring::LaneQueue const dropped = std::exchange(lane->queue, wiring::LaneQueue(lane->limits));
    lock.unlock();
  }
}

bool ThreadExecutor::run(ports::TaskLane lane, ports::Task task) {
  Lane& own = at(lane);
  std::lock_guard const lock(own.mutex);
  if (own.stopping || !own.queue.put(std::move(task))) return false;
  own.changed.notify_one();
  return true;
}

ports::LaneCount ThreadExecutor::count(ports::TaskLane lane) const {
  Lane const& own = at(lane);
  std::lock_guard const lock(own.mutex);
  return own.queue.count();
}

}  // namespace tally::server
