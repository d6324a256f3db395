#include "server/engine_room.h"

#include <chrono>

namespace tally::server {

namespace {

constexpr Duration kLongest = seconds(1);  // a thread looks up at least this often
constexpr Duration kSilentMax = seconds(5);
constexpr Duration kStopStep = milliseconds(20);
// What a few commands make: while the disk writes them, few others would have been decided.
constexpr std::size_t kRecordsOfShortFrame = 4;

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

bool EngineRoom::later(api::Task task) {
  if (!tasks_.put(std::move(task))) return false;
  task_bell_.ring();
  return true;
}

void EngineRoom::start(wiring::Node& node) {
  node_ = &node;
  worker_seen_ = clock_.monotonic().value();
  log_ = std::thread([this] { run_log(); });
  loop_ = std::thread([this] { run_loop(); });
  worker_ = std::thread([this] { run_worker(); });
  task_thread_ = std::thread([this] { run_tasks(); });
}

void EngineRoom::run_loop() {
  while (!stop_loop_) {
    Duration const alone = node_->step_loop();
    if (frame_waits_.exchange(false)) send_frame();
    if (alone.value() > 0) loop_bell_.wait(std::min(alone, kLongest));
  }
}

void EngineRoom::send_frame() {
  if (node_->frame_records() <= kRecordsOfShortFrame && node_->loop().nobody_waits())
    return write_frame();
  handed_over_ = true;
  log_bell_.ring();
}

// The write wakes the loop before it returns here, and the loop may write the next frame already:
// each writer takes back its own mark only.
void EngineRoom::write_frame() {
  std::int64_t mine = clock_.monotonic().value();
  log_busy_since_ = mine;
  (void)node_->write_log();
  log_busy_since_.compare_exchange_strong(mine, 0);
}

void EngineRoom::run_log() {
  while (!stop_log_) {
    if (handed_over_.exchange(false))
      write_frame();
    else
      log_bell_.wait(kLongest);
  }
}

Result<void> EngineRoom::probe_log() const {
  std::int64_t const since = log_busy_since_;
  if (since == 0 || clock_.monotonic() - Duration(since) < kSilentMax) return {};
  return fail("not_ready", "a frame has been waiting for the disk for more than 5 s");
}

Result<void> EngineRoom::probe_worker() const {
  if (clock_.monotonic() - Duration(worker_seen_) < kSilentMax) return {};
  return fail("not_ready", "the in-process worker has been silent for more than 5 s");
}

void EngineRoom::run_worker() {
  while (!stop_worker_) {
    if (no_more_leases_) node_->stop_leasing();
    Duration const alone = node_->step_worker();
    executions_ = node_->executions();
    worker_seen_ = clock_.monotonic().value();
    node_->prepare_log();
    if (alone.value() > 0) worker_bell_.wait(std::min(alone, kLongest));
  }
}

void EngineRoom::run_tasks() {
  while (!stop_tasks_) {
    if (auto task = tasks_.take())
      (*task)();
    else
      task_bell_.wait(kLongest);
  }
}

// A question in the last lane is answered when everything before it is durable.
void EngineRoom::drain_loop() {
  node_->flush();
  auto const bell = std::make_shared<Bell>();
  node_->loop().read_budget(TenantId(std::string(wiring::kDefaultTenant)),
                            [bell](ledger::BudgetReading) { bell->ring(); });
  bell->wait(seconds(5));
  node_->begin_stop();
}

void EngineRoom::stop(Duration grace) {
  if (node_ == nullptr) return;
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
