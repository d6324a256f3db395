#include "workers/command_worker.h"

#include "workers/command_worker_fixture.h"
#include "workers/receipt_text.h"

namespace tally::workers {
namespace {

using ports::HeartbeatAnswer;

Result<void> error(char const* code) { return tally::fail(code, "said so"); }

ports::WorkReceipt receipt_of(std::string const& result = "{\"ok\":true}") {
  return {result, Micros(1'500), milliseconds(250), "bubblewrap"};
}

class CommandWorkerTest : public testing::Test {
 protected:
  CommandWorkerTest() { rebuild(2); }

  void rebuild(std::uint32_t slots) {
    CommandWorkerOptions options;
    options.jobs = {JobName("label")};
    runner_.known = {hash_};
    options.slots = slots;
    options.wake = [this] { ++wakes_; };
    worker_ = std::make_unique<CommandWorker>(queue_, runner_, receipts_, std::move(options));
  }

  void step(Duration later = Duration(0)) {
    now_ = now_ + later;
    worker_->step(now_);
  }

  ports::WorkItem item(std::uint64_t run, std::uint64_t fence = 1) const {
    return {LeaseId(100 + run), fence,      RunId(run), TenantId("acme"), JobName("label"), hash_,
            "{\"n\":1}",        seconds(9), 1,          "00-trace",       seconds(5)};
  }

  // Leases one item and lets its start succeed.
  void run_one(std::uint64_t run = 7) {
    step();
    answer(queue_.leases, Result<std::vector<ports::WorkItem>>(std::vector{item(run)}));
    step();
    answer(queue_.starts, Result<void>());
    step();
  }

  Digest const hash_ = sha256(as_bytes("job"));
  Key const key_{RunId(7), 1};
  FakeQueue queue_;
  FakeRunner runner_;
  MemoryReceipts receipts_;
  std::unique_ptr<CommandWorker> worker_;
  Duration now_ = seconds(1'000);
  int wakes_ = 0;
};

TEST_F(CommandWorkerTest, LeasesForItsFreeSlotsAndItsJobs) {
  step();
  EXPECT_EQ(queue_.asked_max, 2u);
  EXPECT_EQ(queue_.asked_jobs, std::vector{JobName("label")});
  step();
  EXPECT_EQ(queue_.leases.size(), 1u) << "one request at a time";
  answer(queue_.leases, Result<std::vector<ports::WorkItem>>(std::vector{item(7)}));
  EXPECT_EQ(wakes_, 1);
  step();
  EXPECT_EQ(queue_.asked_max, 1u);
  answer(queue_.leases, Result<std::vector<ports::WorkItem>>(std::vector{item(8)}));
  step();
  EXPECT_TRUE(queue_.leases.empty()) << "no free slot";
}

// Found by a bench: a worker without jobs once asked to be stepped again at once, for ever.
TEST_F(CommandWorkerTest, IsLeftAloneWhenItHasNoJobs) {
  CommandWorkerOptions options;
  options.slots = 2;
  worker_ = std::make_unique<CommandWorker>(queue_, runner_, receipts_, std::move(options));
  step();
  EXPECT_TRUE(queue_.leases.empty());
  EXPECT_EQ(worker_->next_due(), std::nullopt);
}

TEST_F(CommandWorkerTest, WaitsLongerAfterEachRefusedLease) {
  step();
  for (int wait_ms : {200, 400, 800}) {
    answer(queue_.leases, Result<std::vector<ports::WorkItem>>(tally::fail("halted", "")));
    step(Duration(0));
    EXPECT_EQ(worker_->next_due(), now_ + milliseconds(wait_ms));
    step(milliseconds(wait_ms - 1));
    EXPECT_TRUE(queue_.leases.empty());
    step(milliseconds(1));
    EXPECT_EQ(queue_.leases.size(), 1u);
  }
}

TEST_F(CommandWorkerTest, TouchesTheWorldOnlyAfterStartIsDurable) {
  step();
  answer(queue_.leases, Result<std::vector<ports::WorkItem>>(std::vector{item(7)}));
  step();
  ASSERT_EQ(queue_.starts.size(), 1u);
  EXPECT_TRUE(runner_.requests.empty());
  answer(queue_.starts, Result<void>());
  step();
  ASSERT_EQ(runner_.requests.size(), 1u);
  EXPECT_EQ(runner_.requests[0].job_hash, hash_);
  EXPECT_EQ(runner_.requests[0].input_json, "{\"n\":1}");
  EXPECT_EQ(runner_.requests[0].timeout, seconds(9));
  EXPECT_EQ(runner_.requests[0].cost_limit, seconds(5));
  EXPECT_EQ(runner_.requests[0].traceparent, "00-trace");
}

TEST_F(CommandWorkerTest, DropsWhatItMayNotStart) {
  step();
  answer(queue_.leases, Result<std::vector<ports::WorkItem>>(std::vector{item(7)}));
  step();
  answer(queue_.starts, error("lease_lost"));
  step(seconds(60));
  EXPECT_TRUE(runner_.requests.empty());
  EXPECT_TRUE(queue_.fails.empty());
  EXPECT_EQ(worker_->executions(), 0u);
}

TEST_F(CommandWorkerTest, AsksToStartAgainWhenTheAnswerIsUnknown) {
  step();
  answer(queue_.leases, Result<std::vector<ports::WorkItem>>(std::vector{item(7)}));
  step();
  answer(queue_.starts, error("outcome_unknown"));
  step();
  EXPECT_TRUE(queue_.starts.empty());
  step(milliseconds(200));
  ASSERT_EQ(queue_.starts.size(), 1u);
  EXPECT_EQ(queue_.starts[0].fence, 1u);
}

TEST_F(CommandWorkerTest, HandsBackAVersionThatItDoesNotHave) {
  step();
  auto other = item(7);
  other.job_hash = sha256(as_bytes("another"));
  answer(queue_.leases, Result<std::vector<ports::WorkItem>>(std::vector{other}));
  step();
  EXPECT_TRUE(queue_.starts.empty());
  ASSERT_EQ(queue_.failures.size(), 1u);
  EXPECT_EQ(queue_.failures[0].code, "job_unknown");
  EXPECT_TRUE(queue_.failures[0].retry);
}

TEST_F(CommandWorkerTest, StoresTheReceiptBeforeItReportsAndRemovesItAfterTheAnswer) {
  run_one();
  runner_.finish(key_, receipt_of());
  EXPECT_TRUE(queue_.completes.empty());
  step();
  ASSERT_EQ(queue_.completes.size(), 1u);
  ASSERT_TRUE(receipts_.kept.contains(key_));
  EXPECT_EQ(parse_receipt(as_text(receipts_.kept[key_]))->result_json, "{\"ok\":true}");
  EXPECT_EQ(queue_.receipts[0].reported, Micros(1'500));
  answer(queue_.completes, Result<void>());
  step();
  EXPECT_TRUE(receipts_.kept.empty());
  EXPECT_EQ(worker_->executions(), 0u);
}

TEST_F(CommandWorkerTest, DoesNotReportAsDoneWhatItCannotProve) {
  run_one();
  receipts_.broken = true;
  runner_.finish(key_, receipt_of());
  step();
  EXPECT_TRUE(queue_.completes.empty());
  ASSERT_EQ(queue_.failures.size(), 1u);
  EXPECT_EQ(queue_.failures[0].code, "receipt_not_durable");
  EXPECT_EQ(queue_.failures[0].reported, Micros(1'500));
  EXPECT_FALSE(queue_.failures[0].retry);
}

TEST_F(CommandWorkerTest, RepeatsAReportWhoseOutcomeIsUnknown) {
  run_one();
  runner_.finish(key_, receipt_of());
  step();
  answer(queue_.completes, error("outcome_unknown"));
  step();
  step(milliseconds(199));
  EXPECT_TRUE(queue_.completes.empty());
  step(milliseconds(1));
  ASSERT_EQ(queue_.completes.size(), 1u);
  EXPECT_EQ(queue_.completes[0].fence, 1u);
  answer(queue_.completes, error("overloaded"));
  step();
  step(milliseconds(399));
  EXPECT_TRUE(queue_.completes.empty());
  step(milliseconds(1));
  ASSERT_EQ(queue_.completes.size(), 1u);
  EXPECT_TRUE(receipts_.kept.contains(key_));
}

TEST_F(CommandWorkerTest, KeepsTheReceiptOfAReportThatCameTooLate) {
  run_one();
  runner_.finish(key_, receipt_of());
  step();
  answer(queue_.completes, error("lease_lost"));
  step();
  EXPECT_EQ(worker_->executions(), 0u);
  worker_->reconcile(RunId(7), 1);
  step();
  ASSERT_EQ(queue_.evidence.size(), 1u);
  EXPECT_EQ(queue_.evidence[0].state, ports::ReceiptState::valid);
  EXPECT_EQ(queue_.evidence[0].receipt->result_json, "{\"ok\":true}");
  answer(queue_.reconciles, Result<void>());
  step();
  EXPECT_TRUE(receipts_.kept.empty());
}

TEST_F(CommandWorkerTest, ReportsAFailureAsItIs) {
  run_one();
  runner_.finish(key_, ports::WorkFailure{.code = "signal",
                                          .detail = "by signal 9",
                                          .retry = false,
                                          .reported = {},
                                          .elapsed = seconds(2),
                                          .sandbox = "rlimit",
                                          .stderr_tail = "out of memory"});
  step();
  ASSERT_EQ(queue_.failures.size(), 1u);
  EXPECT_EQ(queue_.failures[0].code, "signal");
  EXPECT_EQ(queue_.failures[0].sandbox, "rlimit");
  EXPECT_EQ(queue_.failures[0].stderr_tail, "out of memory");
  EXPECT_TRUE(receipts_.kept.empty());
}

TEST_F(CommandWorkerTest, BeatsEveryThirtySeconds) {
  run_one();
  step(seconds(29));
  EXPECT_TRUE(queue_.beats.empty());
  step(seconds(1));
  ASSERT_EQ(queue_.beats.size(), 1u);
  step(seconds(30));
  EXPECT_EQ(queue_.beats.size(), 1u) << "no second one before the answer";
  answer(queue_.beats, HeartbeatAnswer::go_on);
  step();
  EXPECT_TRUE(queue_.beats.empty());
  step(seconds(30));
  EXPECT_EQ(queue_.beats.size(), 1u);
}

TEST_F(CommandWorkerTest, KillsAndReportsWhatIsCancelled) {
  run_one();
  step(seconds(30));
  answer(queue_.beats, HeartbeatAnswer::cancelled);
  step();
  EXPECT_TRUE(runner_.cancelled.contains(key_));
  step();
  ASSERT_EQ(queue_.failures.size(), 1u);
  EXPECT_EQ(queue_.failures[0].code, "cancelled");
  EXPECT_FALSE(queue_.failures[0].retry);
}

// Not at its next heartbeat, which may be half a minute away.
TEST_F(CommandWorkerTest, StopsAtOnceWhatTheServerOrdersToStop) {
  run_one();
  worker_->stop(RunId(7), 1, HeartbeatAnswer::stopped);
  worker_->stop(RunId(7), 1, HeartbeatAnswer::cancelled);
  worker_->stop(RunId(8), 1, HeartbeatAnswer::stopped);
  step();
  EXPECT_EQ(runner_.cancelled, (std::set<Key>{key_}));
  step();
  ASSERT_EQ(queue_.failures.size(), 1u);
  EXPECT_EQ(queue_.failures[0].code, "stopped") << "the first reason counts";
  EXPECT_EQ(queue_.failures[0].elapsed, seconds(1));
  EXPECT_FALSE(queue_.failures[0].retry);
}

TEST_F(CommandWorkerTest, SaysWhichLimitAHeartbeatToldItOf) {
  for (auto const& [answer_given, code, retry] :
       {std::tuple(HeartbeatAnswer::timeout, "timeout", true),
        std::tuple(HeartbeatAnswer::cost_limit, "cost_limit", false)}) {
    rebuild(2);
    queue_.leases.clear();
    queue_.failures.clear();
    run_one();
    step(seconds(30));
    answer(queue_.beats, answer_given);
    step();
    step();
    ASSERT_EQ(queue_.failures.size(), 1u);
    EXPECT_EQ(queue_.failures[0].code, code);
    EXPECT_EQ(queue_.failures[0].retry, retry);
  }
}

TEST_F(CommandWorkerTest, CompletesWhatEndedWellBeforeTheCancelReachedIt) {
  run_one();
  step(seconds(30));
  runner_.finish(key_, receipt_of());
  answer(queue_.beats, HeartbeatAnswer::cancelled);
  step();
  EXPECT_EQ(queue_.completes.size(), 1u);
  EXPECT_TRUE(queue_.fails.empty());
}

TEST_F(CommandWorkerTest, KillsAndForgetsWhatIsLost) {
  run_one();
  step(seconds(30));
  answer(queue_.beats, HeartbeatAnswer::lost);
  step();
  EXPECT_TRUE(runner_.cancelled.contains(key_));
  step();
  EXPECT_TRUE(queue_.fails.empty());
  EXPECT_TRUE(queue_.completes.empty());
  EXPECT_TRUE(receipts_.kept.empty());
  EXPECT_EQ(worker_->executions(), 0u);
}

TEST_F(CommandWorkerTest, IgnoresALateHeartbeatWhileItsReportIsUnderWay) {
  run_one();
  step(seconds(30));
  runner_.finish(key_, receipt_of());
  step();
  ASSERT_EQ(queue_.completes.size(), 1u);
  answer(queue_.beats, HeartbeatAnswer::lost);
  step();
  answer(queue_.completes, Result<void>());
  step();
  EXPECT_TRUE(receipts_.kept.empty()) << "the answer to the report was awaited";
}

TEST_F(CommandWorkerTest, TellsWhatItFindsWhenAskedToReconcile) {
  worker_->reconcile(RunId(1), 4);
  receipts_.damaged.insert({RunId(2), 4});
  worker_->reconcile(RunId(2), 4);
  receipts_.kept[{RunId(3), 4}] = to_bytes("{\"checksummed\":\"but no receipt\"}");
  worker_->reconcile(RunId(3), 4);
  step();
  ASSERT_EQ(queue_.evidence.size(), 3u);
  EXPECT_EQ(queue_.evidence[0].state, ports::ReceiptState::none);
  EXPECT_EQ(queue_.evidence[1].state, ports::ReceiptState::damaged);
  EXPECT_EQ(queue_.evidence[2].state, ports::ReceiptState::damaged);
  EXPECT_FALSE(queue_.evidence[2].has_result);
}

TEST_F(CommandWorkerTest, DoesNotCallUnreadableEvidenceMissing) {
  receipts_.broken = true;
  worker_->reconcile(RunId(1), 4);
  step();
  EXPECT_TRUE(queue_.evidence.empty());
  receipts_.broken = false;
  step(milliseconds(200));
  EXPECT_EQ(queue_.evidence.size(), 1u);
}

TEST_F(CommandWorkerTest, RepeatsEvidenceWhoseOutcomeIsUnknownAndKeepsTheReceipt) {
  receipts_.kept[{RunId(1), 4}] = to_bytes(receipt_text(receipt_of()));
  worker_->reconcile(RunId(1), 4);
  step();
  answer(queue_.reconciles, error("outcome_unknown"));
  step();
  EXPECT_EQ(receipts_.kept.size(), 1u);
  step(milliseconds(200));
  EXPECT_EQ(queue_.evidence.size(), 2u);
}

TEST_F(CommandWorkerTest, GivesEvidenceOnlyWhenTheExecutionCannotChangeItAnyMore) {
  run_one();
  worker_->reconcile(RunId(7), 1);
  step();
  EXPECT_TRUE(runner_.cancelled.contains(key_));
  EXPECT_TRUE(queue_.evidence.empty()) << "its end has not been seen";
  step();
  ASSERT_EQ(queue_.evidence.size(), 1u);
  EXPECT_EQ(queue_.evidence[0].state, ports::ReceiptState::none);
  EXPECT_TRUE(queue_.fails.empty());
}

TEST_F(CommandWorkerTest, DrainsWhenItStopsLeasingAndGivesBackWhatHasNotBegun) {
  run_one();
  worker_->stop_leasing();
  answer(queue_.leases, Result<std::vector<ports::WorkItem>>(std::vector{item(8)}));
  runner_.finish(key_, receipt_of());
  step();
  answer(queue_.completes, Result<void>());
  EXPECT_TRUE(queue_.starts.empty());
  EXPECT_TRUE(queue_.failures.at(0).retry);
  answer(queue_.fails, Result<void>());
  step();
  EXPECT_EQ(worker_->executions(), 0u);
  EXPECT_TRUE(queue_.leases.empty());
  EXPECT_EQ(worker_->next_due(), std::nullopt);
}

TEST_F(CommandWorkerTest, LetsAnswersComeAfterItsEnd) {
  run_one();
  worker_.reset();
  runner_.finish(key_, receipt_of());
  answer(queue_.leases, Result<std::vector<ports::WorkItem>>(std::vector<ports::WorkItem>{}));
  EXPECT_TRUE(receipts_.kept.empty());
}

}  // namespace
}  // namespace tally::workers
