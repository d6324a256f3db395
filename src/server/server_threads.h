#pragma once

// The threads that drive a node: one for the loop, one that writes the log, one for the in-process
// worker and the signer, and those of the executor's lanes. A short frame with nobody behind it is
// written by the loop's own thread: to wake the other one and to be woken by it again takes half as
// long as the disk does.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "platform/system_clock.h"
#include "server/thread_executor.h"
#include "server/wiring/node.h"

namespace tally::server {

// For a thread that sleeps until it is woken or its time has come.
class WakeEvent {
 public:
  void set();
  // Returns when it was set since the last wait, or after `most`.
  void wait(Duration most);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

class ServerThreads {
 public:
  explicit ServerThreads(ports::ExecutorLimits const& limits = ports::kLaneLimits)
      : executor_(limits) {}

  // For the node's world, before there is a node.
  std::function<void()> wake_loop() {
    return [this] { wake_loop_.set(); };
  }
  std::function<void()> wake_log() {
    return [this] { frame_waits_ = true; };  // from the loop's own step, after which it is seen to
  }
  std::function<void()> wake_worker() {
    return [this] { wake_worker_.set(); };
  }
  // Also before there is a node; nothing runs until start().
  ports::Executor& executor() { return executor_; }

  // From here until stop() the node must live.
  void start(wiring::Node& node);
  // Lets executions end for up to `grace`, then stops the worker, drains the loop and joins. Does
  // nothing when nothing runs.
  void stop(Duration grace);
  // Errors "not_ready": a frame has waited for the disk, or the worker was silent, for too long.
  Result<void> probe_log() const;
  Result<void> probe_worker() const;
  bool drained() const { return executions_ == 0; }

 private:
  void run_loop();
  void run_log();
  void send_frame();
  void write_frame();
  void run_worker();
  void drain_loop();

  wiring::Node* node_ = nullptr;
  WakeEvent wake_loop_;
  WakeEvent wake_log_;
  WakeEvent wake_worker_;
  ThreadExecutor executor_;
  std::atomic<bool> frame_waits_ = false;
  std::atomic<bool> handed_over_ = false;  // the frame, to the thread that writes the log
  std::atomic<bool> stop_loop_ = false;
  std::atomic<bool> stop_log_ = false;
  std::atomic<bool> stop_worker_ = false;
  std::atomic<std::size_t> executions_ = 0;
  std::atomic<std::int64_t> log_busy_since_ =
      0;  // steady microseconds; 0: nothing is being written
  std::atomic<std::int64_t> worker_seen_ = 0;
  platform::SystemClock clock_;
  std::thread loop_;
  std::thread log_;
  std::thread worker_;
};

}  // namespace tally::server
