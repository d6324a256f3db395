#include "server/server_threads.h"

#include <chrono>

namespace tally::server {

namespace {

constexpr Duration kLongest = seconds(1);  // a thread looks up at least this often
constexpr Duration kSilentMax = seconds(5);
constexpr Duration kStopStep = milliseconds(20);
// What a few commands make: while the disk writes them, few others would have been decided.
constexpr std::size_t kRecordsOfShortFrame = 4;

}  // namespace

void WakeEvent::set() {
  {
    std::lock_guard<std::mutex> const guard(mutex_);
    if (set_) return;
    set_ = true;
  }
  changed_.notify_one();
}

void WakeEvent::wait(Duration most) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait_for(lock, std::chrono::microseconds(most.value()), [this] { return set_; });
  set_ = false;
}

void ServerThreads::start(wiring::Node& node) {
  node_ = &node;
  worker_seen_ = clock_.monotonic().value();
  log_ = std::thread([this] { run_log(); });
  loop_ = std::thread([this] { run_loop(); });
  worker_ = std::thread([this] { run_worker(); });
  executor_.start();
}

void ServerThreads::run_loop() {
  while (!stop_loop_) {
    Duration const alone = node_->step_loop();
    if (frame_waits_.exchange(false)) send_frame();
    if (alone.value() > 0) wake_loop_.wait(std::min(alone, kLongest));
  }
}

void ServerThreads::send_frame() {
  if (node_->frame_records() <= kRecordsOfShortFrame && node_->loop().nobody_waits())
    return write_frame();
  handed_over_ = true;
  wake_log_.set();
}

// The write wakes the loop before it returns here, and the loop may write the next frame already:
// each writer takes back its own mark only.
void ServerThreads::write_frame() {
  std::int64_t mine = clock_.monotonic().value();
  log_busy_since_ = mine;
  (void)node_->write_log();
  log_busy_since_.compare_exchange_strong(mine, 0);
}

void ServerThreads::run_log() {
  while (!stop_log_) {
    if (handed_over_.exchange(false))
      write_frame();
    else
      wake_log_.wait(kLongest);
  }
}

Result<void> ServerThreads::probe_log() const {
  std::int64_t const since = log_busy_since_;
  if (since == 0 || clock_.monotonic() - Duration(since) < kSilentMax) return {};
  return fail("not_ready", "a frame has been waiting for the disk for more than 5 s");
}

Result<void> ServerThreads::probe_worker() const {
  if (clock_.monotonic() - Duration(worker_seen_) < kSilentMax) return {};
  return fail("not_ready", "the in-process worker has been silent for more than 5 s");
}

void ServerThreads::run_worker() {
  while (!stop_worker_) {
    Duration const alone = node_->step_worker();
    executions_ = node_->executions();
    worker_seen_ = clock_.monotonic().value();
    node_->prepare_log();
    if (alone.value() > 0) wake_worker_.wait(std::min(alone, kLongest));
  }
}

// A question in the last lane is answered when everything before it is durable.
void ServerThreads::drain_loop() {
  node_->flush();
  auto const answered = std::make_shared<WakeEvent>();
  node_->loop().read_budget(TenantId(std::string(wiring::kDefaultTenant)),
                            [answered](ledger::BudgetReading) { answered->set(); });
  answered->wait(seconds(5));
  node_->begin_stop();
}

void ServerThreads::stop(Duration grace) {
  if (node_ == nullptr) return;
  node_->stop_leasing();
  WakeEvent pause;
  for (Duration waited; executions_ > 0 && waited < grace; waited = waited + kStopStep)
    pause.wait(kStopStep);
  stop_worker_ = true;
  wake_worker_.set();
  worker_.join();
  drain_loop();
  executor_.stop();
  stop_loop_ = true;
  wake_loop_.set();
  loop_.join();
  stop_log_ = true;
  wake_log_.set();
  log_.join();
  node_ = nullptr;
}

}  // namespace tally::server
