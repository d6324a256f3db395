#include "ledger/loop_fixture.h"

namespace tally::ledger::testing {
namespace {

using domain::run::Phase;

Duration const kPeriod = domain::Settings{}.period(domain::setting::kLease);

struct Opened : LoopWorld {
  Opened() { open(); }
  void pass(Duration time) {
    clock.advance(time);
    settle();
  }
};

TEST(Leases, AreReapedAfterExactlyTheirPeriod) {
  Opened world;
  Leased const leased = world.running("k", kReported);
  world.pass(kPeriod - microseconds(1));
  EXPECT_EQ(world.phase(leased.run), Phase::running);
  world.pass(microseconds(1));
  EXPECT_EQ(world.phase(leased.run), Phase::queued);
}

TEST(Leases, AreAwaitedExactlyAndNotPolled) {
  Opened world;
  world.running("k", kReported);
  world.clock.advance(seconds(10));  // what was held back by the checkpoint's pace is out
  world.settle();
  EXPECT_EQ(world.step(), kPeriod - seconds(10));
}

TEST(Leases, ThatWereHeardOfStay) {
  Opened world;
  Leased const leased = world.running("k", kReported);
  for (int i = 0; i < 5; ++i) {
    world.clock.advance(kPeriod - microseconds(1));
    auto const heartbeat = world.heartbeat(leased.handle);
    world.settle();
    EXPECT_EQ(heartbeat->answer->action, Heartbeat::Action::go_on);
  }
  EXPECT_EQ(world.phase(leased.run), Phase::running);
}

// The heartbeat and the deadline meet in one step: who was heard of is alive.
TEST(Leases, ThatAreRenewedAtTheLastMomentAreNotReaped) {
  Opened world;
  Leased const leased = world.running("k", kReported);
  world.clock.advance(kPeriod);
  auto const heartbeat = world.heartbeat(leased.handle);
  world.settle();
  EXPECT_EQ(heartbeat->answer->action, Heartbeat::Action::go_on);
  EXPECT_EQ(world.phase(leased.run), Phase::running);
  world.pass(kPeriod);
  EXPECT_EQ(world.phase(leased.run), Phase::queued);
}

TEST(Leases, ThatWereReapedAreLostToTheirWorker) {
  Opened world;
  Leased const leased = world.running("k", kReported);
  world.pass(kPeriod);
  auto const heartbeat = world.heartbeat(leased.handle);
  world.settle();
  EXPECT_EQ(heartbeat->answer->action, Heartbeat::Action::lost);
  EXPECT_EQ(domain::testing::text_of(world.ask(complete(leased.handle)).reply), "lease_lost");
}

TEST(Heartbeats, TellTheWorkerToStop) {
  Opened world;
  Leased const leased = world.running("k", kReported);
  world.ask(domain::run::Cancel{.run = leased.run, .tenant = kAcme});
  auto const heartbeat = world.heartbeat(leased.handle);
  world.settle();
  EXPECT_EQ(heartbeat->answer->action, Heartbeat::Action::stop);
  EXPECT_EQ(heartbeat->answer->reason, domain::run::StopReason::cancelled);
}

TEST(Heartbeats, OfAStaleFenceOrAnotherTenantRenewNothing) {
  Opened world;
  Leased const leased = world.running("k", kReported);
  domain::run::Handle stale = leased.handle;
  ++stale.fence;
  domain::run::Handle foreign = leased.handle;
  foreign.tenant = kBeta;
  world.clock.advance(kPeriod - microseconds(1));
  auto const one = world.heartbeat(stale);
  auto const other = world.heartbeat(foreign);
  world.settle();
  EXPECT_EQ(one->answer->action, Heartbeat::Action::lost);
  EXPECT_EQ(other->answer->action, Heartbeat::Action::lost);
  world.pass(microseconds(1));
  EXPECT_EQ(world.phase(leased.run), Phase::queued);
}

TEST(Restart, GivesRemoteLeasesAFullPeriodAndEndsThoseOfCommands) {
  Opened world;
  Leased const remote = world.running("remote", kReported);
  Leased const local = world.running("local", kFixed);
  world.clock.advance(kPeriod - seconds(1));
  world.restart();
  world.settle();
  EXPECT_EQ(world.phase(local.run), Phase::reconciling);
  EXPECT_EQ(world.row(local.run).reason, "server_ended");
  EXPECT_EQ(world.count_orders<ReconcileRun>(), 1u);
  EXPECT_EQ(world.phase(remote.run), Phase::running);
  world.pass(kPeriod - microseconds(1));
  EXPECT_EQ(world.phase(remote.run), Phase::running);
  world.pass(microseconds(1));
  EXPECT_EQ(world.phase(remote.run), Phase::queued);
}

TEST(Lease, OfAServersOwnWorkThatHangsDidNotEndWithAServer) {
  Opened world;
  world.restart();
  Leased const leased = world.running("local", kFixed);
  world.pass(kPeriod);
  EXPECT_EQ(world.phase(leased.run), Phase::reconciling);
  EXPECT_EQ(world.row(leased.run).reason, "lease_expired");
}

// The last frame, as a build wrote it whose budget engine has another version.
void decide_by_another_engine(HeldLog& log) {
  merkle::Tree tree;
  for (ports::LogFrame& frame : log.frames)
    for (ports::LogRecord& record : frame.records) {
      std::string leaf(as_text(record.leaf));
      if (&frame == &log.frames.back()) {
        std::string_view const engine = R"("engine":"budget@1")";
        auto const at = leaf.find(engine);
        ASSERT_NE(at, std::string::npos);
        leaf[at + engine.size() - 2] = '7';
        record.leaf = to_bytes(leaf);
      }
      tree.append(merkle::leaf_hash(record.leaf));
    }
  log.frames.back().root_after = tree.root();
}

TEST(Restart, ServesOnAfterADecisionOfAnEngineVersionThatIsNotHere) {
  LoopWorld world;
  world.open();
  domain::budget::Grant const grant{.amount = Micros(7), .person = kAnn, .tenant = kAcme};
  world.ask(grant);
  ASSERT_EQ(world.log.frames.back().records.size(), 1u);
  decide_by_another_engine(world.log);
  world.restart();
  world.ask(grant);
  auto const budget = world.read_budget();
  world.settle();
  EXPECT_EQ(budget->answer->tenant->balances.of(domain::AccountKind::available),
            kGrant + Micros(14));
  EXPECT_EQ(domain::testing::text_of(world.ask(submission("k")).reply), "done");
}

TEST(Restart, ForgetsWhatWasNotDurableAndKeepsWhatWas) {
  Opened world;
  world.ask(submission("kept"));
  auto const lost = world.post(submission("lost"));
  world.step();
  world.restart();
  EXPECT_EQ(lost->answers, 0);
  EXPECT_EQ(domain::testing::text_of(world.ask(submission("kept")).reply), "replayed");
  EXPECT_EQ(domain::testing::text_of(world.ask(submission("lost")).reply), "done");
}

TEST(Reconciling, IsOrderedAgainUntilSomebodyAnswers) {
  Opened world;
  Leased const leased = world.running("k", kFixed);
  world.pass(kPeriod);
  EXPECT_EQ(world.count_orders<ReconcileRun>(), 1u);
  world.live_through(seconds(180));
  EXPECT_EQ(world.count_orders<ReconcileRun>(), 4u);
  world.ask(reconcile(leased, domain::run::Receipt::valid, true));
  world.live_through(seconds(180));
  EXPECT_EQ(world.count_orders<ReconcileRun>(), 4u);
}

TEST(Queue, ExpiresRunsThatNobodyTakes) {
  Opened world;
  auto const run = *world.ask(submission("k")).entry->recorded.header.run;
  world.live_through(kQueueDeadline - seconds(1));
  EXPECT_EQ(world.phase(run), Phase::queued);
  world.live_through(seconds(1));
  EXPECT_EQ(world.phase(run), Phase::expired);
}

// A mode of one tenant holds its deadlines back; those of others behind them come in time.
TEST(Deadlines, OfAStoppedTenantDelayNobodyElse) {
  Opened world;
  std::vector<RunId> stuck;
  for (int i = 0; i < 5; ++i) stuck.push_back(world.running(std::to_string(i), kReported).run);
  auto const queued = *world.ask(submission("q")).entry->recorded.header.run;
  world.clock.advance(seconds(1));
  Leased const other = world.running("k", kReported, kBeta);
  auto const waits = *world.ask(submission("q", kHold, kFixed, kBeta)).entry->recorded.header.run;
  world.ask(domain::mode::Set{.mode = domain::mode::Mode::stop,
                              .person = kAnn,
                              .reason = "drill",
                              .scope = {.id = "acme", .kind = domain::mode::ScopeKind::tenant}});
  world.pass(kPeriod);
  EXPECT_EQ(world.phase(other.run), Phase::queued);
  for (RunId const run : stuck) EXPECT_EQ(world.phase(run), Phase::running);
  world.live_through(kQueueDeadline);
  EXPECT_EQ(world.phase(waits), Phase::expired);
  EXPECT_EQ(world.phase(queued), Phase::queued);
}

TEST(Deadlines, StandStillWhileEverythingIsStopped) {
  Opened world;
  Leased const leased = world.running("k", kReported);
  world.clock.advance(kPeriod - seconds(1));
  auto set = [&](domain::mode::Mode mode) {
    return world.ask(
        domain::mode::Set{.mode = mode, .person = kAnn, .reason = "drill", .scope = {}});
  };
  set(domain::mode::Mode::stop);
  int const steps = world.live_through(hours(5));
  EXPECT_LT(steps, 20);  // nothing is polled meanwhile
  EXPECT_EQ(world.phase(leased.run), Phase::running);
  auto const proposed = set(domain::mode::Mode::normal);
  auto const approval = std::get<domain::NeedsApproval>(proposed.reply).approval;
  world.ask(domain::approval::Sign{.approval = approval, .person = kBob});
  world.pass(kPeriod - microseconds(1));
  EXPECT_EQ(world.phase(leased.run), Phase::running);
  world.pass(microseconds(1));
  EXPECT_EQ(world.phase(leased.run), Phase::failed)
      << "what a stop met while it ran is not tried again";
}

TEST(Approvals, AbortByThemselves) {
  Opened world;
  auto set = [&](domain::mode::Mode mode) {
    world.ask(domain::mode::Set{.mode = mode, .person = kAnn, .reason = "drill", .scope = {}});
  };
  set(domain::mode::Mode::stop);
  set(domain::mode::Mode::normal);
  EXPECT_EQ(world.loop->directory()->approvals.size(), 1u);
  auto const size = world.size();
  world.live_through(domain::Settings{}.period(domain::setting::kApproveResume));
  EXPECT_EQ(world.events(size), std::vector<std::string>{"approval.aborted"});
  EXPECT_EQ(world.loop->directory()->approvals.size(), 0u);
}

// Nobody signs in vain: the second proposal ends with the first one's effect.
TEST(Approvals, EndOnceNothingIsLeftToDecide) {
  Opened world;
  auto set = [&](domain::mode::Mode mode) {
    return world.ask(
        domain::mode::Set{.mode = mode, .person = kAnn, .reason = "drill", .scope = {}});
  };
  set(domain::mode::Mode::stop);
  auto const first = std::get<domain::NeedsApproval>(set(domain::mode::Mode::normal).reply);
  set(domain::mode::Mode::normal);
  EXPECT_EQ(world.loop->directory()->approvals.size(), 2u);
  auto const size = world.size();
  auto const answer = world.ask(domain::approval::Sign{.approval = first.approval, .person = kBob});
  EXPECT_TRUE(std::holds_alternative<domain::Done>(answer.reply));
  world.settle();
  EXPECT_EQ(world.events(size),
            (std::vector<std::string>{"approval.signed", "mode.changed", "approval.aborted"}));
  EXPECT_EQ(world.loop->directory()->approvals.size(), 0u);
}

// One frame for both decisions: no power cut leaves the one without the other.
TEST(Approvals, GrantAndEffectAreOneFrame) {
  Opened world;
  auto set = [&](domain::mode::Mode mode) {
    return world.ask(
        domain::mode::Set{.mode = mode, .person = kAnn, .reason = "drill", .scope = {}});
  };
  set(domain::mode::Mode::stop);
  auto const asked = std::get<domain::NeedsApproval>(set(domain::mode::Mode::normal).reply);
  auto const frames = world.log.frames.size();
  world.ask(domain::approval::Sign{.approval = asked.approval, .person = kBob});
  ASSERT_GT(world.log.frames.size(), frames);
  EXPECT_EQ(world.log.frames[frames].records.size(), 2u);
}

TEST(Archive, ForgetsADayLaterInBoundedEvents) {
  Opened world;
  constexpr std::size_t kRuns = 1500;
  for (std::size_t i = 0; i < kRuns; ++i) {
    auto submitted = submission("k" + std::to_string(i), Micros(1000));
    auto const awaited = world.post(submitted);
    world.settle();
    world.post(
        domain::run::Cancel{.run = *awaited->answer->entry->recorded.header.run, .tenant = kAcme});
    if (i % 2 == 0) world.clock.advance(microseconds(1));
  }
  world.settle();
  auto const size = world.size();
  world.live_through(hours(25));
  // One when the oldest is due, and for the others one a thousand.
  EXPECT_EQ(world.events(size), std::vector<std::string>(3, "archive.advanced"));
  EXPECT_EQ(world.loop->counts().phases[static_cast<std::size_t>(Phase::cancelled)], 0);
}

// Memory must not depend on how many runs end in ten seconds.
TEST(Archive, KeepsUpHoweverManyRunsEnd) {
  Opened world;
  constexpr std::size_t kRuns = 3500;
  for (std::size_t i = 0; i < kRuns; ++i) {
    auto const awaited = world.post(submission("k" + std::to_string(i), Micros(1000)));
    world.settle();
    world.post(
        domain::run::Cancel{.run = *awaited->answer->entry->recorded.header.run, .tenant = kAcme});
    world.clock.advance(microseconds(1));
  }
  world.settle();
  ASSERT_EQ(world.loop->counts().phases[static_cast<std::size_t>(Phase::cancelled)], kRuns);
  world.clock.advance(hours(25));
  world.settle();  // at one moment
  EXPECT_EQ(world.loop->counts().phases[static_cast<std::size_t>(Phase::cancelled)], 0);
}

TEST(Archive, GetsPastMoreRunsOfOneInstantThanItForgetsAtOnce) {
  Opened world;
  std::vector<AwaitedPtr<Answer>> submitted;
  for (int i = 0; i < 1200; ++i)
    submitted.push_back(world.post(
        submission("k" + std::to_string(i), Micros(1000), kFixed, i % 2 == 0 ? kAcme : kBeta)));
  world.settle();
  for (std::size_t i = 0; i < submitted.size(); ++i) {
    if (!submitted[i]->answer->entry) continue;
    auto const run = *submitted[i]->answer->entry->recorded.header.run;
    world.post(domain::run::Cancel{.run = run, .tenant = i % 2 == 0 ? kAcme : kBeta});
  }
  world.settle();
  ASSERT_GT(world.loop->counts().phases[static_cast<std::size_t>(Phase::cancelled)], 1000);
  world.live_through(hours(25));
  EXPECT_EQ(world.loop->counts().phases[static_cast<std::size_t>(Phase::cancelled)], 0);
}

TEST(IdleLoop, WritesNothingInADay) {
  Opened world;
  Leased const leased = world.running("k", kFixed);
  world.ask(complete(leased.handle));
  auto const size = world.size();
  int const steps = world.live_through(hours(24) - seconds(1));
  EXPECT_EQ(world.size(), size);
  EXPECT_LT(steps, 100);
  world.live_through(seconds(12));
  EXPECT_EQ(world.events(size), std::vector<std::string>{"archive.advanced"});
}

}  // namespace
}  // namespace tally::ledger::testing
