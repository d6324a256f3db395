#include "server/engine_room.h"

#include <chrono>

namespace tally::server {

namespace {

constexpr Duration kLongest = seconds(1);  // a thread looks up at least this often
constexpr Duration kStopStep = milliseconds(20);

}  // namespace

void Bell::ring() {
  {
    std::lock_guard<std::mutex> const guard(mutex_);
    if (ringing_) return;
    ringing_ = true;
  }
  rung_.notify_one();
}

void Bell::wait(Duration most) {
  std::unique_lock<std::mutex> lock(mutex_);
  rung_.wait_for(lock, std::chrono::microseconds(most.value()), [this] { return ringing_; });
  ringing_ = false;
}

EngineRoom::~EngineRoom() {
  if (node_ != nullptr) stop(Duration(0));
}

void EngineRoom::later(std::function<void()> task) {
  {
    std::lock_guard<std::mutex> const guard(tasks_mutex_);
    tasks_.push_back(std::move(task));
  }
  task_bell_.ring();
}

void EngineRoom::start(wiring::Node& node) {
  node_ = &node;
  log_ = std::thread([this] { run_log(); });
  loop_ = std::thread([this] { run_loop(); });
  worker_ = std::thread([this] { run_worker(); });
  task_thread_ = std::thread([this] { run_tasks(); });
}

void EngineRoom::run_loop() {
  while (!stop_loop_) {
    Duration const alone = node_->step_loop();
    if (alone.value() > 0) loop_bell_.wait(std::min(alone, kLongest));
  }
}

void EngineRoom::run_log() {
  while (!stop_log_)
    if (!node_->write_log()) log_bell_.wait(kLongest);
}

void EngineRoom::run_worker() {
  while (!stop_worker_) {
    if (no_more_leases_) node_->stop_leasing();
    Duration const alone = node_->step_worker();
    executions_ = node_->executions();
    node_->prepare_log();
    if (alone.value() > 0) worker_bell_.wait(std::min(alone, kLongest));
  }
}

void EngineRoom::run_tasks() {
  while (!stop_tasks_) {
    std::deque<std::function<void()>> now;
    {
      std::lock_guard<std::mutex> const guard(tasks_mutex_);
      now.swap(tasks_);
    }
    for (auto& task : now) task();
    if (now.empty()) task_bell_.wait(kLongest);
  }
}

// A question in the last lane is answered when everything before it is durable.
void EngineRoom::drain_loop() {
  node_->api().flush();
  auto const bell = std::make_shared<Bell>();
  node_->loop().read_budget(TenantId(std::string(wiring::kDefaultTenant)),
                            [bell](ledger::BudgetReading) { bell->ring(); });
  bell->wait(seconds(5));
  node_->begin_stop();
}

void EngineRoom::stop(Duration grace) {
  no_more_leases_ = true;
  worker_bell_.ring();
  Bell pause;
  for (Duration waited; executions_ > 0 && waited < grace; waited = waited + kStopStep)
    pause.wait(kStopStep);
  stop_worker_ = true;
  worker_bell_.ring();
  worker_.join();
  drain_loop();
  stop_tasks_ = true;
  task_bell_.ring();
  task_thread_.join();
  stop_loop_ = true;
  loop_bell_.ring();
  loop_.join();
  stop_log_ = true;
  log_bell_.ring();
  log_.join();
  node_ = nullptr;
}

}  // namespace tally::server
