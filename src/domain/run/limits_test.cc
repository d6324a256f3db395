#include "domain/run/limits.h"

#include "domain/run/charge.h"
#include "domain/run/outcomes.h"
#include "domain/run_fixture.h"

namespace tally::domain::testing {
namespace {

using enum AccountKind;
using run::Phase;

JobName const kTimed("timed");         // worker runner, 1 USD a second and a little fixed
JobName const kTimedHere("timed-in");  // the same as a command

run::JobKind timed(JobName const& name, run::Runner runner) {
  auto job = job_kind(name, runner, false);
  job.price.fixed = Micros(1'000);
  job.price.per_second = Micros(1'000'000);
  return job;
}

struct TimedWorld : World {
  TimedWorld() {
    ask(directory::RegisterJob{timed(kTimed, run::Runner::worker)});
    ask(directory::RegisterJob{timed(kTimedHere, run::Runner::command)});
  }
  // A started run of `job` under `hold`, as a worker of the tenant has it.
  Leased begin(JobName const& job, Micros hold) {
    ask(submission("k", hold, job));
    auto leased = lease(*this, {job}).value_or(Leased{});
    if (job != kTimedHere && job != kFixed) leased.handle.tenant = kAcme;
    EXPECT_EQ(text_of(ask(run::Start{leased.handle})), "run.started");
    return leased;
  }
  std::string limit_due(RunId run) {
    return text_of(ask(run::Due{.kind = run::DueKind::limit, .run = run}));
  }
  // The run comes back unstarted; what it came to.
  std::string give_back(std::string code = "job_unknown") {
    auto const leased = lease(*this);
    if (!leased) return "no lease";
    return text_of(ask(fail(leased->handle, true, std::move(code))));
  }
  void set_mode(mode::Mode mode, mode::Scope scope = {}) {
    ask(mode::Set{.mode = mode, .person = kAnn, .reason = "drill", .scope = std::move(scope)});
    for (auto const& [id, row] : state.approvals.in_order())
      ask(approval::Sign{.approval = id, .person = kBob});
  }
};

TEST(ReturnedLease, RestsLongerEachTimeAndAtMostAMinute) {
  std::vector<std::int64_t> rests;
  for (std::int64_t n = 1; n < run::kReturnsMax; ++n)
    rests.push_back(run::rest_after(n).value() / 1'000'000);
  EXPECT_EQ(rests, (std::vector<std::int64_t>{1, 2, 4, 8, 16, 32, 60, 60, 60}));
}

TEST(ReturnedLease, IsNobodysCandidateUntilTheRunHasRested) {
  TimedWorld world;
  RunId const run = submit(world, "k");
  EXPECT_EQ(world.give_back(), "run.requeued");
  EXPECT_EQ(world.row(run).attempt, 0) << "what was not started does not count";
  EXPECT_FALSE(lease(world));
  world.pass(run::kReturnRestFirst - microseconds(1));
  EXPECT_FALSE(lease(world));
  world.pass(microseconds(1));
  EXPECT_EQ(lease(world).value_or(Leased{}).run, run);
}

TEST(ReturnedLease, LetsOtherRunsOfTheSameJobGoFirst) {
  TimedWorld world;
  RunId const first = submit(world, "first");
  EXPECT_EQ(world.give_back(), "run.requeued");
  RunId const second = submit(world, "second");
  EXPECT_EQ(lease(world).value_or(Leased{}).run, second);
  RunId const third = submit(world, "third");
  world.pass(run::kReturnRestFirst);
  EXPECT_EQ(lease(world).value_or(Leased{}).run, first) << "rested, it is the oldest again";
  EXPECT_EQ(lease(world).value_or(Leased{}).run, third);
}

TEST(ReturnedLease, EndsTheRunWhenItHasHappenedOftenEnoughAtNoCharge) {
  TimedWorld world;
  RunId const run = submit(world, "k");
  for (std::int64_t n = 1; n < run::kReturnsMax; ++n) {
    ASSERT_EQ(world.give_back(), "run.requeued") << n;
    EXPECT_EQ(world.row(run).returns, n);
    EXPECT_EQ(world.row(run).return_reason, "job_unknown: it broke");
    world.pass(run::rest_after(n));
  }
  EXPECT_EQ(world.give_back(), "run.settled");
  EXPECT_EQ(world.row(run).phase, Phase::failed);
  EXPECT_EQ(world.row(run).error_code, "lease_unusable");
  EXPECT_EQ(world.row(run).error_detail,
            "10 leases ended before the work began; the last time: job_unknown: it broke");
  EXPECT_EQ(world.balance(spent), Micros(0));
  EXPECT_EQ(world.balance(held), Micros(0));
  EXPECT_EQ(world.balance(available), kGrant);
}

TEST(ReturnedLease, KeepsTheQueueDeadlineThatItHad) {
  TimedWorld world;
  RunId const run = submit(world, "k");
  Instant const deadline = world.row(run).queue_deadline;
  world.pass(seconds(100));
  EXPECT_EQ(world.give_back(), "run.requeued");
  EXPECT_EQ(world.row(run).queue_deadline, deadline);
  world.pass(run::kReturnRestFirst);
  lease(world);
  EXPECT_EQ(text_of(world.ask(lease_due(run))), "run.requeued");
  EXPECT_EQ(world.row(run).queue_deadline, deadline);
  world.pass(kQueueDeadline - seconds(101));
  EXPECT_EQ(text_of(world.ask(queue_due(run))), "run.settled");
  EXPECT_EQ(world.row(run).phase, Phase::expired);
}

TEST(ReturnedLease, IsOneThatRanOutBeforeItsStartToo) {
  TimedWorld world;
  RunId const run = submit(world, "k");
  for (std::int64_t n = 1; n <= run::kReturnsMax; ++n) {
    ASSERT_TRUE(lease(world)) << n;
    world.ask(lease_due(run));
    world.pass(run::kReturnRestMost);
  }
  EXPECT_EQ(world.row(run).error_code, "lease_unusable");
}

TEST(ReturnedLease, CanBeCancelledWhileItRests) {
  TimedWorld world;
  RunId const run = submit(world, "k");
  world.give_back();
  EXPECT_EQ(text_of(world.ask(run::Cancel{.run = run, .tenant = kAcme})), "run.settled");
  EXPECT_TRUE(world.state.queue.rests.empty());
  EXPECT_TRUE(world.state.queue.waiting.empty());
  EXPECT_EQ(world.state.queue.depth, 0);
}

// {fixed 0.0010, per_second 1.0000} under a hold: the time whose cost is the hold and no micro
// more.
TEST(CostLimit, IsTheTimeThatTheHoldPaysFor) {
  run::Price price;
  price.fixed = Micros(1'000);
  price.per_second = Micros(1'000'000);
  EXPECT_EQ(run::time_for(price, Micros(1'000), Micros(0)), Duration(0));
  EXPECT_EQ(run::time_for(price, Micros(999), Micros(0)), Duration(0));
  EXPECT_EQ(run::time_for(price, Micros(2'501'000), Micros(0)), milliseconds(2'500));
  EXPECT_EQ(run::time_for(price, Micros(2'501'000), Micros(500'000)), seconds(2));
  price.per_second = Micros(0);
  EXPECT_EQ(run::time_for(price, Micros(5'000), Micros(0)), std::nullopt);
  for (std::int64_t const rate : {1LL, 3LL, 7'777'777LL, 9'000'000'000'000LL})
    for (std::int64_t const hold : {1'001LL, 5'000'003LL, 1'000'000'000'000'000LL}) {
      price.per_second = Micros(rate);
      auto const time = run::time_for(price, Micros(hold), Micros(0));
      ASSERT_TRUE(time);
      auto const cost = run::cost_of(price, measured(*time));
      ASSERT_TRUE(cost) << rate << " " << hold;
      EXPECT_LE(*cost, Micros(hold)) << rate << " " << hold;
    }
  price.per_second = kAmountMax;
  EXPECT_EQ(run::time_for(price, kAmountMax, Micros(0)), microseconds(999'999));
  EXPECT_EQ(run::time_for(price, Micros(1'000'001'000), Micros(0)), microseconds(1));
}

TEST(CostLimit, IsAnInstantOfTheStartedEvent) {
  TimedWorld world;
  Leased const leased = world.begin(kTimed, Micros(501'000));
  EXPECT_EQ(world.row(leased.run).cost_limit_at, world.at + milliseconds(500));
  EXPECT_EQ(world.row(leased.run).run_ends_at, world.at + seconds(30));
  World fixed;
  Leased const other = running(fixed, "k", kReported);
  EXPECT_EQ(fixed.row(other.run).cost_limit_at, std::nullopt);
}

// The fault: 3 s of work under a hold of 0.0010 was charged 0.0010 with an overrun of 3.17.
TEST(CostLimit, EndsARunOfOurOwnAtItsHold) {
  TimedWorld world;
  Leased const leased = world.begin(kTimedHere, Micros(501'000));
  world.pass(milliseconds(501));
  world.ask(fail(leased.handle, true, "cost_limit", measured(milliseconds(2'600))));
  EXPECT_EQ(world.row(leased.run).phase, Phase::failed);
  EXPECT_EQ(world.row(leased.run).error_code, "cost_limit");
  EXPECT_EQ(world.row(leased.run).charge->charged, Micros(501'000));
  EXPECT_EQ(world.row(leased.run).charge->overrun, Micros(0));
}

TEST(CostLimit, IsWhatAWorkerElsewhereRanIntoWhateverItSays) {
  TimedWorld world;
  Leased const leased = world.begin(kTimed, Micros(501'000));
  world.pass(milliseconds(500));
  world.ask(fail(leased.handle, true, "tired", measured(milliseconds(1))));
  EXPECT_EQ(world.row(leased.run).error_code, "cost_limit");
  EXPECT_EQ(world.row(leased.run).charge->cost, Micros(501'000));
}

TEST(CostLimit, IsTheMostThatWorkWithARateCosts) {  // whatever its worker says of its end
  TimedWorld world;
  Leased const leased = world.begin(kTimed, Micros(501'000));
  world.pass(milliseconds(501));
  world.ask(complete(leased.handle, "42", measured(seconds(3))));
  EXPECT_EQ(world.row(leased.run).phase, Phase::failed);
  EXPECT_EQ(world.row(leased.run).error_code, "cost_limit");
  EXPECT_EQ(world.row(leased.run).charge->cost, Micros(501'000));
  EXPECT_EQ(world.row(leased.run).charge->overrun, Micros(0));
}

TEST(Limit, EndsARunWithoutItsWorkerAfterAGrace) {
  TimedWorld world;
  Leased const leased = world.begin(kTimed, Micros(501'000));
  world.pass(milliseconds(500) + run::kLimitGrace - microseconds(1));
  EXPECT_EQ(world.limit_due(leased.run), "done");
  world.pass(microseconds(1));
  EXPECT_EQ(world.limit_due(leased.run), "run.settled");
  EXPECT_EQ(world.row(leased.run).error_code, "cost_limit");
  EXPECT_EQ(world.row(leased.run).charge->cost, Micros(501'000));
  EXPECT_TRUE(world.state.deadlines.of(DueKind::limit).empty());
  EXPECT_EQ(text_of(world.ask(complete(leased.handle, "42"))), "lease_lost");
  EXPECT_EQ(text_of(world.ask(fail(leased.handle, false, "cost_limit"))), "lease_lost");
}

// The fault: 45 s of heartbeats under a limit of 30 succeeded.
TEST(Limit, OfTimeIsEnforcedOnAWorkerElsewhere) {
  TimedWorld world;
  Leased const leased = running(world, "k", kReported);
  world.lease_expired = false;
  world.pass(seconds(30) + run::kLimitGrace);
  EXPECT_EQ(world.limit_due(leased.run), "run.requeued") << "it has an attempt left";
  auto const second = lease(world);
  ASSERT_TRUE(second);
  world.ask(run::Start{second->handle});
  world.pass(seconds(30) + run::kLimitGrace);
  EXPECT_EQ(world.limit_due(leased.run), "run.settled");
  EXPECT_EQ(world.row(leased.run).error_code, "timeout");
  EXPECT_EQ(world.balance(spent), Micros(0)) << "nobody may guess what it cost";
}

TEST(Limit, OfACommandLooksForWhatItLeftBehind) {
  TimedWorld world;
  Leased const leased = world.begin(kTimedHere, Micros(501'000));
  world.pass(milliseconds(500) + run::kLimitGrace);
  EXPECT_EQ(world.limit_due(leased.run), "run.reconciling");
  EXPECT_EQ(text_of(world.ask(reconcile(leased, run::Receipt::none, false))), "run.settled");
  EXPECT_EQ(world.row(leased.run).error_code, "cost_limit");
  EXPECT_EQ(world.row(leased.run).charge->cost, Micros(501'000));
}

// A server that was away for an hour knows nothing of how long its command ran.
TEST(Limit, OfACommandThatDiedWithItsServerIsNoProofOfACost) {
  TimedWorld world;
  Leased const leased = world.begin(kTimedHere, Micros(501'000));
  world.pass(hours(1));
  EXPECT_EQ(text_of(world.ask(lease_due(leased.run))), "run.reconciling");
  EXPECT_EQ(text_of(world.ask(reconcile(leased, run::Receipt::none, false))), "run.requeued");
}

TEST(Limit, BoundsTheLeaseByWhatIsLeftOfTheTime) {
  TimedWorld world;
  Duration const usual = seconds(120);
  Leased const leased = world.begin(kTimed, Micros(501'000));
  run::Row const& row = world.row(leased.run);
  EXPECT_EQ(run::lease_period(row, world.at, usual), milliseconds(500) + run::kLimitGrace);
  EXPECT_EQ(run::lease_period(row, world.at + milliseconds(500), usual), run::kLimitGrace);
  EXPECT_EQ(run::lease_period(row, world.at + seconds(50), usual), run::kLimitGrace);
  world.ask(submission("l", Micros(401'000), kTimed));
  auto const answer = world.ask(run::Lease{.jobs = {kTimed}, .tenant = {}, .worker = "w"});
  auto const* event = event_in<run::Events, run::Leased>(answer);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->lease_period, milliseconds(400) + run::kLimitGrace) << "before its start too";
}

TEST(StopMode, EndsARunningCommandAtItsSecondsAndNoFixedPrice) {
  TimedWorld world;
  Leased const leased = world.begin(kTimedHere, Micros(900'000));
  world.set_mode(mode::Mode::stop);
  EXPECT_EQ(text_of(world.ask(run::Stop{leased.run})), "run.stop_requested");
  EXPECT_EQ(text_of(world.ask(run::Stop{leased.run})), "done");
  auto const ended = world.ask(fail(leased.handle, true, "stopped", measured(milliseconds(250))));
  EXPECT_EQ(text_of(ended), "run.settled");
  EXPECT_EQ(world.row(leased.run).phase, Phase::failed);
  EXPECT_EQ(world.row(leased.run).error_code, "stopped");
  EXPECT_EQ(world.balance(spent), Micros(250'000));
  EXPECT_EQ(world.balance(held), Micros(0));
  world.set_mode(mode::Mode::normal);
  EXPECT_FALSE(lease(world, {kTimedHere})) << "nothing starts again by itself";
  EXPECT_EQ(text_of(world.ask(fail(leased.handle, true, "stopped", measured(milliseconds(250))))),
            "done");
}

TEST(StopMode, ChargesWorkWithAFixedPriceNothingAndReportedWorkItsReceipt) {
  TimedWorld world;
  Leased const fixed = running(world, "fixed", kFixed);
  Leased const reported = running(world, "reported", kReported);
  world.set_mode(mode::Mode::stop);
  world.ask(run::Stop{fixed.run});
  world.ask(run::Stop{reported.run});
  world.ask(fail(fixed.handle, false, "stopped", measured(Duration(0))));
  world.ask(fail(reported.handle, true, "anything", measured(seconds(1), Micros(77))));
  EXPECT_EQ(world.row(fixed.run).charge->cost, Micros(0));
  EXPECT_EQ(world.row(reported.run).charge->cost, Micros(77));
  EXPECT_EQ(world.row(reported.run).error_code, "stopped");
}

TEST(StopMode, OfAnotherScopeStopsNothing) {
  TimedWorld world;
  world.add_tenant(kBeta, kGrant);
  Leased const leased = running(world, "k", kFixed);
  world.set_mode(mode::Mode::stop, {.id = "beta", .kind = mode::ScopeKind::tenant});
  EXPECT_EQ(text_of(world.ask(run::Stop{leased.run})), "done");
  world.set_mode(mode::Mode::safe, {.id = "acme", .kind = mode::ScopeKind::tenant});
  EXPECT_EQ(text_of(world.ask(run::Stop{leased.run})), "done") << "what runs may end in safe mode";
  world.set_mode(mode::Mode::stop, {.id = "fixed", .kind = mode::ScopeKind::job});
  EXPECT_EQ(text_of(world.ask(run::Stop{leased.run})), "run.stop_requested");
}

// The worker died with the stop: after the resume it is not tried again.
TEST(StopMode, IsTheEndAlsoOfARunWhoseWorkerIsGone) {
  TimedWorld world;
  Leased const remote = running(world, "remote", kReported);
  Leased const local = running(world, "local", kFixed);
  world.set_mode(mode::Mode::stop);
  world.ask(run::Stop{remote.run});
  world.ask(run::Stop{local.run});
  world.set_mode(mode::Mode::normal);
  EXPECT_EQ(text_of(world.ask(lease_due(remote.run))), "run.settled");
  EXPECT_EQ(text_of(world.ask(lease_due(local.run))), "run.reconciling");
  EXPECT_EQ(text_of(world.ask(reconcile(local, run::Receipt::none, false))), "run.settled");
  for (RunId const run : {remote.run, local.run}) EXPECT_EQ(world.row(run).error_code, "stopped");
  EXPECT_EQ(world.balance(spent), Micros(0));
}

TEST(StopReason, SaysTheStrongestReasonFirst) {
  run::Row row;
  row.phase = Phase::running;
  row.run_ends_at = Instant(100);
  row.cost_limit_at = Instant(50);
  using run::StopReason;
  EXPECT_EQ(run::stop_reason(row, Instant(49)), std::nullopt);
  EXPECT_EQ(run::stop_reason(row, Instant(50)), StopReason::cost_limit);
  row.cost_limit_at.reset();
  EXPECT_EQ(run::stop_reason(row, Instant(100)), StopReason::timeout);
  row.stop_requested = true;
  EXPECT_EQ(run::stop_reason(row, Instant(0)), StopReason::stopped);
  row.cancel_requested = true;
  EXPECT_EQ(run::stop_reason(row, Instant(0)), StopReason::cancelled);
  row.phase = Phase::leased;
  EXPECT_EQ(run::stop_reason(row, Instant(1'000)), std::nullopt);
}

}  // namespace
}  // namespace tally::domain::testing
