// What bounds a run: returned leases, limits in time, modes in which nothing executes.

#include "domain/run/limits.h"

#include "ledger/loop_fixture.h"

namespace tally::ledger::testing {
namespace {

using domain::run::Phase;

Duration const kPeriod = domain::Settings{}.period(domain::setting::kLease);

struct Opened : LoopWorld {
  Opened() { open(); }
};

// The fault: a run whose lease could not be used went round thousands of times a second.
TEST(ReturnedLeases, AreOfferedAgainWhenTheRunHasRestedAndNothingSpins) {
  Opened world;
  auto const run = *world.ask(submission("k")).entry->recorded.header.run;
  auto const first = world.lease(kFixed);
  world.orders.clear();
  world.ask(fail(first.handle, true, "job_unknown"));
  EXPECT_EQ(world.count_orders<WorkWaits>(), 0u);
  EXPECT_TRUE(std::holds_alternative<domain::NoWork>(
      world.ask(domain::run::Lease{.jobs = {kFixed}, .tenant = {}, .worker = "w"}).reply));
  int const steps = world.live_through(domain::run::kReturnRestFirst - microseconds(1));
  EXPECT_LT(steps, 10);
  EXPECT_EQ(world.count_orders<WorkWaits>(), 0u);
  world.live_through(microseconds(1));
  EXPECT_EQ(world.count_orders<WorkWaits>(), 1u) << "whoever waits for work is woken once";
  world.live_through(seconds(100));
  EXPECT_EQ(world.count_orders<WorkWaits>(), 1u);
  EXPECT_EQ(world.lease(kFixed).run, run);
}

TEST(ReturnedLeases, EndTheirRunAfterABoundedNumberOfEvents) {
  Opened world;
  auto const run = *world.ask(submission("k")).entry->recorded.header.run;
  auto const before = world.size();
  for (int i = 0; i < 3600 && world.phase(run) == Phase::queued; ++i) {
    auto const answer =
        world.ask(domain::run::Lease{.jobs = {kFixed}, .tenant = {}, .worker = "w"});
    if (answer.entry)
      world.ask(fail({.fence = answer.row->fence, .lease = *answer.row->lease, .tenant = {}}, true,
                     "job_unknown"));
    world.live_through(seconds(1));
  }
  EXPECT_EQ(world.phase(run), Phase::failed);
  auto const after = world.events(before);
  EXPECT_EQ(std::ranges::count(after, "run.leased"), domain::run::kReturnsMax);
}

TEST(ReturnedLeases, RestOnAfterARestart) {
  Opened world;
  world.ask(submission("k"));
  world.ask(fail(world.lease(kFixed).handle, true, "job_unknown"));
  world.restart();
  world.settle();
  EXPECT_TRUE(std::holds_alternative<domain::NoWork>(
      world.ask(domain::run::Lease{.jobs = {kFixed}, .tenant = {}, .worker = "w"}).reply));
  world.orders.clear();
  world.live_through(domain::run::kReturnRestFirst);
  EXPECT_EQ(world.count_orders<WorkWaits>(), 1u);
}

struct WithLimits : Opened {
  WithLimits() {
    register_job(job_kind(kReported, domain::run::Runner::worker, true), seconds(30));
    auto timed = job_kind(kTimed, domain::run::Runner::worker, false);
    timed.price.fixed = Micros(0);
    timed.price.per_second = Micros(10'000);
    register_job(timed, hours(1));
    settle();
  }
  Heartbeat beat(domain::run::Handle const& handle) {
    auto const heartbeat = this->heartbeat(handle);
    settle();
    return heartbeat->answer.value_or(Heartbeat{});
  }
  JobName const kTimed{"timed"};
};

// The fault: a killed worker's run waited for its lease of 120 s, whatever its time limit.
TEST(Limits, EndTheLeaseOfARunWhoseTimeIsShorter) {
  WithLimits world;
  Leased const leased = world.running("k", kReported);
  world.live_through(seconds(30) + domain::run::kLimitGrace - microseconds(1));
  EXPECT_EQ(world.phase(leased.run), Phase::running);
  world.live_through(microseconds(1));
  EXPECT_EQ(world.phase(leased.run), Phase::queued);
}

// The fault: 45 s of heartbeats under a limit of 30 succeeded.
TEST(Limits, ApplyHoweverOftenTheWorkerIsHeardOf) {
  WithLimits world;
  Leased const leased = world.running("k", kReported);
  for (int i = 0; i < 29; ++i) {
    world.live_through(seconds(1));
    auto const heard = world.beat(leased.handle);
    EXPECT_EQ(heard.action, Heartbeat::Action::go_on);
    EXPECT_EQ(heard.remaining, seconds(29 - i));
  }
  for (int i = 0; i < 10; ++i) {
    world.live_through(seconds(1));
    auto const heard = world.beat(leased.handle);
    EXPECT_EQ(heard.action, Heartbeat::Action::stop);
    EXPECT_EQ(heard.reason, domain::run::StopReason::timeout);
    EXPECT_EQ(heard.remaining, Duration(0));
  }
  world.live_through(seconds(1));
  EXPECT_EQ(world.beat(leased.handle).action, Heartbeat::Action::lost);
  EXPECT_EQ(domain::testing::text_of(world.ask(complete(leased.handle)).reply), "lease_lost");
}

TEST(Limits, OfAHoldEndTheRunAtItsHold) {
  WithLimits world;
  Leased const leased = world.running("k", world.kTimed);  // 5 s
  world.live_through(seconds(5));
  EXPECT_EQ(world.beat(leased.handle).reason, domain::run::StopReason::cost_limit);
  world.live_through(domain::run::kLimitGrace);
  auto const reading = world.read(leased.run);
  world.settle();
  EXPECT_EQ(reading->answer->row->error_code, "cost_limit");
  EXPECT_EQ(reading->answer->row->charge->cost, kHold);
}

TEST(Limits, ThatPassedWhileNoServerWasThereLeaveItsWorkerAGrace) {
  WithLimits world;
  Leased const leased = world.running("k", kReported);
  world.clock.advance(hours(1));
  world.restart();
  world.live_through(domain::run::kLimitGrace - microseconds(1));
  EXPECT_EQ(world.beat(leased.handle).reason, domain::run::StopReason::timeout);
  EXPECT_EQ(world.phase(leased.run), Phase::running);
  world.live_through(microseconds(1));
  EXPECT_EQ(world.phase(leased.run), Phase::queued);
}

TEST(Limits, OfAStoppedTenantDelayNobodyElse) {
  WithLimits world;
  Leased const stuck = world.running("k", kReported);
  Leased const other = world.running("k", kReported, kBeta);
  world.ask(domain::mode::Set{.mode = domain::mode::Mode::stop,
                              .person = kAnn,
                              .reason = "drill",
                              .scope = {.id = "acme", .kind = domain::mode::ScopeKind::tenant}});
  int const steps = world.live_through(seconds(41));
  EXPECT_EQ(world.phase(stuck.run), Phase::running);
  EXPECT_EQ(world.phase(other.run), Phase::queued);
  EXPECT_LT(steps, 50);
}

// At once, and not at the next heartbeat, which may be half a minute away.
TEST(StopMode, OrdersTheServersOwnWorkToStopAtOnce) {
  Opened world;
  Leased const local = world.running("local", kFixed);
  Leased const remote = world.running("remote", kReported);
  Leased const other = world.running("other", kFixed, kBeta);
  world.orders.clear();
  auto const before = world.size();
  world.ask(domain::mode::Set{.mode = domain::mode::Mode::stop,
                              .person = kAnn,
                              .reason = "drill",
                              .scope = {.id = "acme", .kind = domain::mode::ScopeKind::tenant}});
  world.settle();
  EXPECT_EQ(world.events(before),
            (std::vector<std::string>{"mode.changed", "run.stop_requested", "run.stop_requested"}));
  ASSERT_EQ(world.count_orders<StopRun>(), 1u);
  for (Order const& order : world.orders) {
    auto const* stop = std::get_if<StopRun>(&order);
    EXPECT_TRUE(stop == nullptr || stop->run == local.run);
  }
  auto const heartbeat = world.heartbeat(remote.handle);
  world.settle();
  EXPECT_EQ(heartbeat->answer->reason, domain::run::StopReason::stopped);
  EXPECT_EQ(world.phase(other.run), Phase::running);
}

TEST(StopMode, ThatAProcessDidNotFinishIsFinishedByTheNext) {
  Opened world;
  Leased const remote = world.running("remote", kReported);
  world.post(domain::mode::Set{
      .mode = domain::mode::Mode::stop, .person = kAnn, .reason = "drill", .scope = {}});
  world.step();
  world.log.finish();
  world.restart();
  world.settle();
  auto const heartbeat = world.heartbeat(remote.handle);
  world.settle();
  EXPECT_EQ(heartbeat->answer->reason, domain::run::StopReason::stopped);
}

TEST(ReaperScans, CountPassesThatFoundSomethingDue) {
  Opened world;
  world.running("k", kReported);
  EXPECT_EQ(world.loop->counts().reaper_scans, 0u);
  world.live_through(kPeriod);
  EXPECT_EQ(world.loop->counts().reaper_scans, 1u);
}

TEST(QueuedRuns, AreToldByJobAndTenant) {
  Opened world;
  world.ask(submission("a"));
  world.ask(submission("b"));
  world.ask(submission("c", kHold, kReported, kBeta));
  std::vector<QueuedRuns> told;
  world.loop->read_queue([&](std::vector<QueuedRuns> rows) { told = std::move(rows); });
  world.settle();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].runs, 2);
  EXPECT_EQ(told[1].tenant, kBeta);
}

}  // namespace
}  // namespace tally::ledger::testing
