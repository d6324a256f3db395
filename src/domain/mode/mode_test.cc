#include "domain/run_fixture.h"

namespace tally::domain::testing {
namespace {

using mode::Mode;

mode::Scope const kEverything{};
mode::Scope const kOfAcme{.id = "acme", .kind = mode::ScopeKind::tenant};

Outcome set(World& world, Mode mode, mode::Scope const& scope = kEverything) {
  return world.ask(mode::Set{.mode = mode, .person = kAnn, .reason = "drill", .scope = scope});
}
Mode in_force(World const& world, mode::Scope const& scope = kEverything) {
  auto const* row = world.state.modes.find(scope);
  return row == nullptr ? Mode::normal : row->mode;
}
// Proposes as ann and signs as bob.
std::string lower(World& world, Mode mode) {
  auto const proposed = set(world, mode);
  auto const* approval = std::get_if<NeedsApproval>(&proposed.reply);
  if (approval == nullptr) return text_of(proposed);
  return text_of(world.ask(approval::Sign{.approval = approval->approval, .person = kBob}));
}

TEST(Modes, AreRaisedByOnePersonAndLeftByTwo) {
  World world;
  for (Mode mode : {Mode::safe, Mode::stop, Mode::halt}) {
    EXPECT_EQ(text_of(set(world, mode)), "mode.changed");
    EXPECT_EQ(in_force(world), mode);
  }
  EXPECT_EQ(text_of(set(world, Mode::safe)), "approval.proposed");
  EXPECT_EQ(in_force(world), Mode::halt);
}

TEST(Modes, LeaveSafeByOnePerson) {
  World world;
  set(world, Mode::safe);
  EXPECT_EQ(text_of(set(world, Mode::normal)), "mode.changed");
  EXPECT_EQ(world.state.modes.size(), 0u);
}

TEST(Modes, LeadFromHaltToSafeWhereTheyStandFor48Hours) {
  World world;
  set(world, Mode::halt);
  EXPECT_EQ(lower(world, Mode::normal), "conflict");
  EXPECT_EQ(lower(world, Mode::stop), "conflict");
  EXPECT_EQ(lower(world, Mode::safe), "approval.signed+mode.changed");
  world.pass(mode::kSafeAfterHalt - microseconds(1));
  EXPECT_EQ(text_of(set(world, Mode::normal)), "conflict");
  world.pass(microseconds(1));
  EXPECT_EQ(text_of(set(world, Mode::normal)), "mode.changed");
}

TEST(Modes, KeepThe48HoursAcrossAStop) {
  World world;
  set(world, Mode::halt);
  lower(world, Mode::safe);
  world.pass(hours(1));
  set(world, Mode::stop);
  EXPECT_EQ(lower(world, Mode::normal), "conflict");
  EXPECT_EQ(lower(world, Mode::safe), "approval.signed+mode.changed");
  EXPECT_EQ(text_of(set(world, Mode::normal)), "conflict");
  world.pass(hours(47));
  EXPECT_EQ(text_of(set(world, Mode::normal)), "mode.changed");
}

TEST(Modes, AreNotLiftedByAnApprovalOfAnEarlierOne) {
  World world;
  set(world, Mode::stop);
  world.pass(seconds(1));
  auto const proposed = set(world, Mode::normal);
  world.pass(seconds(1));
  set(world, Mode::halt);
  auto const approval = std::get<NeedsApproval>(proposed.reply).approval;
  auto const outcome = world.ask(approval::Sign{.approval = approval, .person = kBob});
  EXPECT_EQ(text_of(outcome.reply), "conflict");
  EXPECT_EQ(text_of(outcome), "approval.signed+approval.aborted");
  EXPECT_EQ(in_force(world), Mode::halt);
}

TEST(Modes, AreNotLiftedTooEarlyByALateApproval) {
  World world;
  set(world, Mode::halt);
  auto const early = set(world, Mode::safe);
  world.pass(world.state.settings.period(setting::kApproveResume));
  auto const approval = std::get<NeedsApproval>(early.reply).approval;
  EXPECT_EQ(text_of(world.ask(approval::Sign{.approval = approval, .person = kBob})), "conflict");
  EXPECT_EQ(text_of(world.ask(approval::Expire{approval})), "approval.aborted");
}

TEST(Modes, OfTheSameKindChangeNothing) {
  World world;
  EXPECT_EQ(text_of(set(world, Mode::normal)), "done");
  set(world, Mode::stop);
  EXPECT_EQ(text_of(set(world, Mode::stop)), "done");
}

TEST(Modes, NeedAScopeThatExists) {
  World world;
  using enum mode::ScopeKind;
  for (mode::Scope const& scope :
       {mode::Scope{.id = "x", .kind = everything}, mode::Scope{.id = "no", .kind = tenant},
        mode::Scope{.id = "no", .kind = job}, mode::Scope{.id = "no", .kind = key},
        mode::Scope{.id = to_text(KeyId(5)), .kind = key},
        mode::Scope{.id = to_text(RunId(5)), .kind = run}})
    EXPECT_EQ(text_of(set(world, Mode::stop, scope)), "not_found") << scope.id;
  RunId const one = submit(world, "k");
  EXPECT_EQ(text_of(set(world, Mode::stop, {.id = to_text(one), .kind = run})), "mode.changed");
}

TEST(WorkClock, StandsStillWhileEverythingIsStopped) {
  World world;
  RunId const run = submit(world, "k");
  world.pass(kQueueDeadline - seconds(10));
  set(world, Mode::stop);
  EXPECT_EQ(text_of(world.ask(queue_due(run))), "halted");
  world.pass(hours(20));
  set(world, Mode::halt);
  world.pass(hours(20));
  lower(world, Mode::safe);
  EXPECT_EQ(world.state.ledger.work_clock.paused, hours(40));
  EXPECT_EQ(text_of(world.ask(queue_due(run))), "done");
  world.pass(seconds(10) - microseconds(1));
  EXPECT_EQ(text_of(world.ask(queue_due(run))), "done");
  world.pass(microseconds(1));
  EXPECT_EQ(text_of(world.ask(queue_due(run))), "run.settled");
}

TEST(WorkClock, GoesOnInSafeModeAndInAStopOfOneScope) {
  World world;
  set(world, Mode::safe);
  set(world, Mode::stop, kOfAcme);
  EXPECT_EQ(world.state.ledger.work_clock, mode::WorkClock{});
}

TEST(ScopedModes, HoldBackTheRunsOfTheirScopeOnly) {
  World world;
  world.add_tenant(kBeta, kGrant);
  Leased const mine = running(world, "k");
  submit(world, "queued");
  auto const waiting = lease(world);
  ASSERT_TRUE(waiting);
  set(world, Mode::stop, kOfAcme);
  EXPECT_EQ(text_of(world.ask(submission("new"))), "halted");
  EXPECT_EQ(text_of(world.ask(submission("new", kHold, kFixed, kBeta))), "run.submitted");
  EXPECT_EQ(text_of(world.ask(run::Start{waiting->handle})), "halted");
  EXPECT_EQ(text_of(world.ask(lease_due(mine.run))), "done");
  EXPECT_EQ(text_of(world.ask(complete(mine.handle))), "run.settled");
}

TEST(Halted, SaysWhichScopeWhySinceWhenAndOffersNoTimeToTryAgain) {
  World world;
  Leased const leased = in_audit(world, "k");
  Instant const since = world.state.modes.at(kOfAcme).since;
  world.pass(hours(1));
  auto const outcome = world.ask(submission("l"));
  auto const& refusal = std::get<Refusal>(outcome.reply);
  std::string const why = to_text(leased.run) + " waits for an audit: receipt_unusable";
  EXPECT_EQ(
      refusal.standstill,
      (mode::Standstill{.mode = Mode::safe, .reason = why, .scope = kOfAcme, .since = since}));
  EXPECT_FALSE(refusal.retry_after);
  EXPECT_EQ(refusal.detail, "run.submit is not permitted: tenant:acme is in safe mode since " +
                                to_rfc3339(since) + ", because: " + why +
                                "; a person has to end it");
}

TEST(Halted, OfAWorkersReportNamesTheScopeOfTheRun) {
  World world;
  submit(world, "k");
  auto const leased = lease(world);
  ASSERT_TRUE(leased);
  mode::Scope const scope{.id = to_text(leased->run), .kind = mode::ScopeKind::run};
  set(world, Mode::stop, scope);
  auto const outcome = world.ask(run::Start{leased->handle});
  auto const& refusal = std::get<Refusal>(outcome.reply);
  ASSERT_TRUE(refusal.standstill);
  EXPECT_EQ(refusal.standstill->scope, scope);
  EXPECT_EQ(refusal.standstill->mode, Mode::stop);
  EXPECT_FALSE(refusal.retry_after);
}

TEST(ScopedModes, InHaltMoveNoMoneyOfTheirScope) {
  World world;
  Leased const mine = running(world, "k");
  Leased const lost = running(world, "l");
  world.ask(lease_due(lost.run));
  RunId const audited = in_audit(world, "m").run;
  set(world, Mode::halt, kOfAcme);
  EXPECT_EQ(text_of(world.ask(complete(mine.handle))), "halted");
  EXPECT_EQ(text_of(world.ask(fail(mine.handle, false))), "halted");
  EXPECT_EQ(text_of(world.ask(run::Cancel{.run = mine.run, .tenant = kAcme})), "halted");
  EXPECT_EQ(text_of(world.ask(reconcile(lost, run::Receipt::valid, true))), "halted");
  EXPECT_EQ(text_of(world.ask(resolution(audited, Micros(1)))), "halted");
  EXPECT_EQ(text_of(world.ask(budget::Grant{.amount = Micros(1), .person = kAnn, .tenant = kAcme})),
            "halted");
}

TEST(AnAudit, PutsItsTenantIntoSafeModeAndNoOther) {
  World world;
  world.add_tenant(kBeta, Micros(1'000'000));
  Leased const leased = in_audit(world, "k");
  EXPECT_EQ(in_force(world, kOfAcme), Mode::safe);
  EXPECT_EQ(world.state.modes.at(kOfAcme).reason,
            to_text(leased.run) + " waits for an audit: receipt_unusable");
  EXPECT_EQ(text_of(world.ask(submission("l"))), "halted");
  EXPECT_EQ(text_of(world.ask(submission("l", kHold, kFixed, kBeta))), "run.submitted");
  EXPECT_EQ(in_force(world), Mode::normal);
}

TEST(AnAudit, OfATenantThatIsHeldBackAlreadyChangesNoMode) {
  World world;
  Leased const first = running(world, "k", kReported);
  Leased const second = running(world, "l", kReported);
  Leased const third = running(world, "m", kReported);
  EXPECT_EQ(text_of(world.ask(complete(first.handle))), "run.audit_required+mode.changed");
  EXPECT_EQ(text_of(world.ask(complete(second.handle))), "run.audit_required");
  // A person who looked lets it go on; the next audit is a new reason to look.
  EXPECT_EQ(text_of(set(world, Mode::normal, kOfAcme)), "mode.changed");
  EXPECT_EQ(text_of(world.ask(complete(third.handle))), "run.audit_required+mode.changed");
}

TEST(AnAudit, ChangesTheModeWhereAsManyWaitAsTheSettingSays) {
  for (std::int64_t const limit : {0, 2}) {
    World world;
    set_up(world, setting::kAuditsBeforeSafeMode, limit);
    Leased const first = running(world, "k", kReported);
    Leased const second = running(world, "l", kReported);
    EXPECT_EQ(text_of(world.ask(complete(first.handle))), "run.audit_required");
    EXPECT_EQ(text_of(world.ask(complete(second.handle))),
              limit == 2 ? "run.audit_required+mode.changed" : "run.audit_required");
  }
}

TEST(AnAudit, ThatIsResolvedNoLongerCounts) {
  World world;
  set_up(world, setting::kAuditsBeforeSafeMode, 2);
  RunId const audited = in_audit(world, "k").run;
  auto const proposed = world.ask(resolution(audited, Micros(0)));
  auto const approval = std::get<NeedsApproval>(proposed.reply).approval;
  world.ask(approval::Sign{.approval = approval, .person = kBob});
  EXPECT_TRUE(world.state.audits.empty());
  in_audit(world, "l");
  EXPECT_EQ(in_force(world, kOfAcme), Mode::normal);
}

}  // namespace
}  // namespace tally::domain::testing
