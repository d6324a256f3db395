#include "server/projector_thread.h"

#include "platform/thread_priority.h"

namespace tally::server {

void ProjectorThread::start(wiring::Node& node) {
  thread_ = std::thread([this, &node] { run(node); });
}

void ProjectorThread::run(wiring::Node& node) {
  platform::lower_thread_priority();
  while (!stopping_) {
    Duration const alone = node.step_projector();
    if (alone > Duration(0)) wake_.wait(alone);
  }
  node.save_projections();
}

void ProjectorThread::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  wake_.set();
  thread_.join();
}

}  // namespace tally::server
