#pragma once

// The thread that keeps a node's projections up with its ledger: at low priority, so that nothing
// waits for it but who asks for what it makes.

#include <atomic>
#include <thread>

#include "server/server_threads.h"
#include "server/wiring/node.h"

namespace tally::server {

class ProjectorThread {
 public:
  // For the node's world, before there is a node.
  std::function<void()> wake() {
    return [this] { wake_.set(); };
  }
  ~ProjectorThread() { stop(); }

  // From here until stop() the node must live.
  void start(wiring::Node& node);
  // Saves what was folded and joins. Does nothing when nothing runs.
  void stop();

 private:
  void run(wiring::Node& node);

  WakeEvent wake_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace tally::server
