// Costs above a hold: who pays them, who owes them, and who may go on.

#include "domain/run_fixture.h"

namespace tally::domain::testing {
namespace {

using enum AccountKind;
using run::Phase;

PlanName const kPlan("unlimited");

void set_plan(World& world, OverrunRule rule, std::optional<Micros> believed_max = std::nullopt) {
  directory::Plan plan;
  plan.overrun = rule;
  plan.overrun_believed_max = believed_max;
  EXPECT_EQ(text_of(world.ask(directory::SetPlan{.person = kAnn, .plan = kPlan, .row = plan})),
            "plan.set");
}

Outcome grant(World& world, Micros amount) {
  return world.ask(budget::Grant{.amount = amount, .person = kAnn, .tenant = kAcme});
}

// A run that ended well and says that it cost so much.
RunId costing(World& world, std::string_view key, Micros cost) {
  Leased const leased = running(world, key, kReported);
  world.ask(complete(leased.handle, "42", measured(seconds(1), cost)));
  return leased.run;
}

Refusal refusal_of(Outcome const& outcome) {
  auto const* refusal = std::get_if<Refusal>(&outcome.reply);
  return refusal == nullptr ? Refusal{} : *refusal;
}

TEST(Overrun, IsPaidFromWhatIsAvailableWhileThatLasts) {
  World world;
  RunId const run = costing(world, "k", kHold + Micros(77));
  EXPECT_EQ(world.row(run).phase, Phase::succeeded);
  EXPECT_EQ(world.row(run).charge, (run::Charge{.charged = kHold,
                                                .cost = kHold + Micros(77),
                                                .debt_paid = Micros(0),
                                                .overrun = Micros(77),
                                                .owed = Micros(0),
                                                .paid = Micros(77),
                                                .released = Micros(0)}));
  EXPECT_EQ(world.balance(spent), kHold + Micros(77));
  EXPECT_EQ(world.balance(available), kGrant - kHold - Micros(77));
  EXPECT_EQ(world.balance(overrun), Micros(0));
}

TEST(Overrun, BeyondWhatIsAvailableIsADebtThatRefusesNewRuns) {
  World world;
  Micros const cost(500'000'000);
  RunId const run = costing(world, "first", cost);
  EXPECT_EQ(world.row(run).charge->owed, cost - kGrant);
  EXPECT_EQ(world.balance(available), Micros(0));
  EXPECT_EQ(world.balance(spent), kGrant);
  EXPECT_EQ(world.balance(overrun), cost - kGrant);
  EXPECT_EQ(world.balance(overrun_due), kGrant - cost);
  auto const next = submission("second", Micros(1000));
  auto const outcome = world.ask(next);
  EXPECT_EQ(text_of(outcome), "run.refused");
  EXPECT_EQ(refusal_of(outcome).code, RefusalCode::budget_exceeded);
  EXPECT_EQ(refusal_of(outcome).shortage, (Shortage{.asked = Micros(1000),
                                                    .available = Micros(0),
                                                    .held = Micros(0),
                                                    .limit = kGrant,
                                                    .owed = cost - kGrant,
                                                    .scope = "tenant:acme",
                                                    .spent = kGrant}));
  grant(world, cost);
  EXPECT_EQ(text_of(world.ask(next)), "replayed");  // the key is consumed, as by every 402
  EXPECT_EQ(text_of(world.ask(submission("third", Micros(1000)))), "run.submitted");
}

TEST(Overrun, RefusesNewRunsAlsoWhereHoldsOfOthersWouldCoverThem) {
  World world;
  Leased const live = running(world, "live", kReported);
  costing(world, "dear", kGrant + Micros(1));
  EXPECT_EQ(world.balance(held), kHold);
  EXPECT_EQ(text_of(world.ask(submission("next", Micros(1000)))), "run.refused");
  auto dry = submission("dry", Micros(1000));
  dry.dry_run = true;
  auto const tried = world.ask(dry);
  ASSERT_TRUE(std::holds_alternative<DryRun>(tried.reply));
  EXPECT_EQ(std::get<DryRun>(tried.reply).refusal->code, RefusalCode::budget_exceeded);
  EXPECT_EQ(world.row(live.run).phase, Phase::running);
}

TEST(Debt, IsPaidByAGrantBeforeAnythingIsAvailable) {
  World world;
  costing(world, "k", kGrant + Micros(70));
  auto const first = grant(world, Micros(50));
  EXPECT_EQ((event_in<budget::Events, budget::Granted>(first)->debt_paid), Micros(50));
  EXPECT_EQ(world.balance(overrun), Micros(20));
  EXPECT_EQ(text_of(world.ask(submission("early", Micros(1000)))), "run.refused");
  auto const second = grant(world, Micros(5020));
  EXPECT_EQ((event_in<budget::Events, budget::Granted>(second)->debt_paid), Micros(20));
  EXPECT_EQ(world.balance(overrun), Micros(0));
  EXPECT_EQ(world.balance(available), Micros(5000));
  EXPECT_EQ(world.balance(spent), kGrant + Micros(70));
  EXPECT_EQ(text_of(world.ask(submission("late", Micros(1000)))), "run.submitted");
}

TEST(Debt, LetsRunsThatHoldMoneyGoOnAndTakesWhatTheyRelease) {
  World world;
  RunId const queued = submit(world, "queued");
  Leased const live = running(world, "live", kReported);
  costing(world, "dear", kGrant);
  EXPECT_EQ(world.balance(overrun), kHold + kHold);
  world.ask(complete(live.handle, "42", measured(seconds(1), Micros(10))));
  EXPECT_EQ(world.row(live.run).phase, Phase::succeeded);
  EXPECT_EQ(world.row(live.run).charge->debt_paid, kHold - Micros(10));
  EXPECT_EQ(world.balance(overrun), kHold + Micros(10));
  EXPECT_EQ(world.balance(available), Micros(0));
  auto const leased = lease(world, {kFixed});
  ASSERT_TRUE(leased);
  EXPECT_EQ(leased->run, queued);
  EXPECT_EQ(text_of(world.ask(run::Start{leased->handle})), "run.started");
  world.ask(run::Cancel{.run = queued, .tenant = kAcme});
  world.ask(fail(leased->handle, false, "cancelled"));
  EXPECT_EQ(world.balance(overrun), Micros(10));
  EXPECT_EQ(world.balance(held), Micros(0));
  EXPECT_EQ(world.balance(spent), kGrant);
}

TEST(Overrun, PutsItsTenantIntoSafeModeWhereThePlanSaysSo) {
  World world;
  world.add_tenant(kBeta, kGrant);
  set_plan(world, OverrunRule::safe_mode);
  Leased const leased = running(world, "k", kReported);
  auto const outcome =
      world.ask(complete(leased.handle, "42", measured(seconds(1), kHold + Micros(1))));
  EXPECT_EQ(text_of(outcome), "run.settled+mode.changed");
  EXPECT_EQ(world.balance(available), kGrant - kHold - Micros(1));
  EXPECT_EQ(text_of(world.ask(submission("next"))), "halted");
  EXPECT_EQ(text_of(world.ask(submission("other", kHold, kFixed, kBeta))), "run.submitted");
  // In safe mode already: the next one only pays.
  Leased const held_already = [&] {
    mode::Scope const acme{.id = "acme", .kind = mode::ScopeKind::tenant};
    world.ask(
        mode::Set{.mode = mode::Mode::normal, .person = kAnn, .reason = "looked", .scope = acme});
    Leased const live = running(world, "again", kReported);
    world.ask(
        mode::Set{.mode = mode::Mode::safe, .person = kAnn, .reason = "drill", .scope = acme});
    return live;
  }();
  EXPECT_EQ(text_of(world.ask(
                complete(held_already.handle, "42", measured(seconds(1), kHold + Micros(1))))),
            "run.settled");
}

TEST(Overrun, IsOnlyWrittenDownWhereThePlanIgnoresIt) {
  World world;
  set_plan(world, OverrunRule::ignore);
  RunId const run = costing(world, "k", Micros(500'000'000));
  run::Charge const& charge = *world.row(run).charge;
  EXPECT_EQ(charge.overrun, Micros(500'000'000) - kHold);
  EXPECT_EQ(charge.owed + charge.paid, Micros(0));
  EXPECT_EQ(world.balance(available), kGrant - kHold);
  EXPECT_EQ(world.balance(overrun), Micros(0));
  EXPECT_EQ(text_of(world.ask(submission("next"))), "run.submitted");
}

TEST(Overrun, AboveWhatThePlanBelievesIsAnAuditThatKeepsTheResult) {
  World world;
  set_plan(world, OverrunRule::count, Micros(1000));
  RunId const believed = costing(world, "a", kHold + Micros(1000));
  EXPECT_EQ(world.row(believed).phase, Phase::succeeded);
  Leased const leased = running(world, "b", kReported);
  Micros const claimed = kHold + Micros(1001);
  auto const told = complete(leased.handle, "42", measured(seconds(1), claimed));
  EXPECT_EQ(text_of(world.ask(told)), "run.audit_required+mode.changed");
  EXPECT_EQ(text_of(world.ask(told)), "done");
  EXPECT_EQ(world.row(leased.run).reason, "cost_not_believed");
  EXPECT_EQ(world.row(leased.run).claimed, claimed);
  EXPECT_EQ(world.balance(held), kHold);  // no charge, and the hold stays
  Micros const available_before = world.balance(available);
  auto const proposed = world.ask(resolution(leased.run, kHold + Micros(5)));
  auto const& approval = *event_in<approval::Events, approval::Proposed>(proposed);
  world.ask(approval::Sign{.approval = approval.approval, .person = kBob});
  EXPECT_EQ(world.row(leased.run).phase, Phase::succeeded);
  ASSERT_TRUE(world.row(leased.run).result);
  EXPECT_EQ(world.row(leased.run).result->digest, enclosure("42").digest);
  EXPECT_EQ(world.row(leased.run).charge->paid, Micros(5));
  EXPECT_EQ(world.balance(available), available_before - Micros(5));
}

TEST(Overrun, OfWorkThatFailedIsJudgedAsThatOfWorkThatSucceeded) {
  World world;
  set_plan(world, OverrunRule::count, Micros(1000));
  Leased const leased = running(world, "k", kReported);
  auto const told =
      fail(leased.handle, true, "exit_nonzero", measured(seconds(1), kHold + Micros(1001)));
  EXPECT_EQ(text_of(world.ask(told)), "run.audit_required+mode.changed");
  EXPECT_EQ(text_of(world.ask(told)), "done");
}

TEST(Retry, IsNotMadeOnceTheAttemptsHaveCostTheHold) {
  World world;
  Leased const leased = running(world, "k", kReported);
  world.ask(fail(leased.handle, true, "exit_nonzero", measured(seconds(1), kHold)));
  EXPECT_EQ(world.row(leased.run).phase, Phase::failed);
  EXPECT_EQ(world.row(leased.run).charge->charged, kHold);
}

// A worker with a budget of almost nothing reports a billion ten times: the first is a debt, what
// would be owed beyond it an audit; nothing ends the process.
TEST(Overrun, BeyondAllThatMayBeOwedIsAnAudit) {
  World world;
  set_up(world, setting::kAuditsBeforeSafeMode, 0);
  std::vector<Leased> leased;
  for (int i = 0; i < 10; ++i) leased.push_back(running(world, std::to_string(i), kReported));
  for (Leased const& one : leased)
    world.ask(complete(one.handle, "42", measured(seconds(1), kAmountMax)));
  EXPECT_EQ(world.row(leased[0].run).phase, Phase::succeeded);
  EXPECT_EQ(world.balance(overrun), kAmountMax - kHold - (kGrant - Micros(10 * kHold.value())));
  for (std::size_t i = 1; i < leased.size(); ++i)
    EXPECT_EQ(world.row(leased[i].run).phase, Phase::audit_required) << i;
  // People may decide on no more than can be owed either.
  auto const outcome = world.ask(resolution(leased[1].run, kAmountMax));
  EXPECT_EQ(refusal_of(outcome).code, RefusalCode::validation_error);
  EXPECT_EQ(text_of(world.ask(resolution(leased[1].run, kHold))), "approval.proposed");
}

TEST(Overrun, OfAttemptsWhoseSumIsNoAmountIsAnAudit) {
  World world;
  grant(world, kAmountMax - kGrant);
  world.ask(submission("k", kAmountMax, kReported));
  auto const first = lease(world, {kReported});
  ASSERT_TRUE(first);
  world.ask(run::Start{first->handle});
  world.ask(
      fail(first->handle, true, "exit_nonzero", measured(seconds(1), kAmountMax - Micros(1))));
  EXPECT_EQ(world.row(first->run).cost_so_far, kAmountMax - Micros(1));
  auto const second = lease(world, {kReported});
  ASSERT_TRUE(second);
  world.ask(run::Start{second->handle});
  EXPECT_EQ(text_of(world.ask(complete(second->handle, "42", measured(seconds(1), kAmountMax)))),
            "run.audit_required+mode.changed");
  EXPECT_EQ(world.row(first->run).claimed, kAmountMax + kAmountMax - Micros(1));
}

TEST(Resolution, FindsThatTheTenantOwesTooMuchByTheTimeItIsSigned) {
  World world;
  Leased const waits = in_audit(world, "k");
  mode::Scope const acme{.id = "acme", .kind = mode::ScopeKind::tenant};
  world.ask(
      mode::Set{.mode = mode::Mode::normal, .person = kAnn, .reason = "looked", .scope = acme});
  auto const proposed = world.ask(resolution(waits.run, kAmountMax));
  auto const& approval = *event_in<approval::Events, approval::Proposed>(proposed);
  costing(world, "dear", kAmountMax);
  EXPECT_EQ(text_of(world.ask(approval::Sign{.approval = approval.approval, .person = kBob})),
            "approval.signed+approval.aborted");
  EXPECT_EQ(world.row(waits.run).phase, Phase::audit_required);
}

TEST(Resolution, AboveTheHoldIsMetAsAnyOtherCost) {
  World world;
  Leased const waits = in_audit(world, "k");
  Micros const charge = kGrant + Micros(9);
  auto const proposed = world.ask(resolution(waits.run, charge));
  auto const& approval = *event_in<approval::Events, approval::Proposed>(proposed);
  world.ask(approval::Sign{.approval = approval.approval, .person = kBob});
  EXPECT_EQ(world.row(waits.run).charge->paid, kGrant - kHold);
  EXPECT_EQ(world.row(waits.run).charge->owed, Micros(9));
  EXPECT_EQ(world.balance(overrun), Micros(9));
  EXPECT_EQ(world.balance(available), Micros(0));
}

TEST(Resolution, AboveWhatThePlanBelievesIsRefusedAlsoWhereThePlanCameLater) {
  World world;
  Leased const waits = in_audit(world, "k");
  auto const proposed = world.ask(resolution(waits.run, kHold + Micros(1001)));
  auto const& approval = *event_in<approval::Events, approval::Proposed>(proposed);
  EXPECT_TRUE(approval.row.what.ends_with("0.001001 above its hold")) << approval.row.what;
  set_plan(world, OverrunRule::count, Micros(1000));
  auto const refused = world.ask(resolution(waits.run, kHold + Micros(1001)));
  EXPECT_EQ(refusal_of(refused).code, RefusalCode::validation_error);
  EXPECT_EQ(refusal_of(refused).pointer, "/charge_usd");
  EXPECT_EQ(text_of(world.ask(approval::Sign{.approval = approval.approval, .person = kBob})),
            "approval.signed+approval.aborted");
  EXPECT_EQ(text_of(world.ask(resolution(waits.run, kHold + Micros(1000)))), "approval.proposed");
}

TEST(Price, ByTimeOfOursEndsARunAtItsHold) {
  World world;
  auto kind = job_kind(kFixed, run::Runner::command, false);
  kind.price.fixed = Micros(1000);
  kind.price.per_second = Micros(1'000'000);
  world.ask(directory::RegisterJob{kind});
  world.ask(submission("k", Micros(1000)));
  auto const leased = lease(world);
  ASSERT_TRUE(leased);
  world.ask(run::Start{leased->handle});
  auto const told = complete(leased->handle, "42", measured(seconds(3)));
  EXPECT_EQ(text_of(world.ask(told)), "run.settled");
  EXPECT_EQ(text_of(world.ask(told)), "done");
  run::Row const& row = world.row(leased->run);
  EXPECT_EQ(row.phase, Phase::failed);
  EXPECT_EQ(row.error_code, "cost_limit");
  EXPECT_EQ(row.charge->charged, Micros(1000));
  EXPECT_EQ(row.charge->overrun, Micros(0));
  EXPECT_EQ(world.balance(available), kGrant - Micros(1000));
}

TEST(Submit, OfSomethingThatCostsMayNotHoldNothing) {
  World world;
  auto free = job_kind(JobName("free"), run::Runner::command, false);
  free.price = {};
  world.ask(directory::RegisterJob{free});
  auto by_time = job_kind(JobName("by-time"), run::Runner::command, false);
  by_time.price.fixed = Micros(0);
  world.ask(directory::RegisterJob{by_time});
  auto const nothing = [](std::string_view key, JobName const& job) {
    return submission(key, Micros(0), job);
  };
  EXPECT_EQ(refusal_of(world.ask(nothing("a", kReported))).pointer, "/max_cost_usd");
  EXPECT_EQ(refusal_of(world.ask(nothing("b", JobName("by-time")))).pointer, "/max_cost_usd");
  EXPECT_EQ(text_of(world.ask(nothing("c", JobName("free")))), "run.submitted");
}

// A worker that went silent under work that had begun, and is heard again.
TEST(LateReport, IsRefusedAndItsCostIsWrittenDownOnce) {
  World world;
  Leased const late = running(world, "k", kReported);
  world.ask(lease_due(late.run));
  Leased const now = *lease(world, {kReported});
  world.ask(run::Start{now.handle});
  Balances const before = world.balances();
  auto const told = complete(late.handle, "42", measured(seconds(90), Micros(123)));
  auto const outcome = world.ask(told);
  EXPECT_EQ(text_of(outcome), "run.unaccounted");
  EXPECT_EQ(refusal_of(outcome).code, RefusalCode::lease_lost);
  EXPECT_EQ(world.row(late.run).unaccounted, Micros(123));
  EXPECT_EQ(text_of(world.ask(told)), "lease_lost");
  EXPECT_EQ(text_of(world.ask(fail(late.handle, true, "x", measured(seconds(1), Micros(5))))),
            "lease_lost");
  EXPECT_EQ(world.row(late.run).unaccounted, Micros(123));
  EXPECT_EQ(world.balances(), before);
  EXPECT_EQ(world.row(late.run).phase, Phase::running);
  world.ask(complete(now.handle, "42", measured(seconds(1), Micros(7))));
  EXPECT_EQ(world.row(late.run).charge->cost, Micros(7));
}

TEST(LateReport, IsHeardAlsoWhereTheRunHasEnded) {
  World world;
  Leased const first = running(world, "k", kReported);
  world.ask(lease_due(first.run));
  Leased const second = *lease(world, {kReported});
  world.ask(run::Start{second.handle});
  EXPECT_EQ(text_of(world.ask(lease_due(second.run))), "run.settled");
  EXPECT_EQ(world.row(first.run).error_code, "worker_lost");
  for (Leased const& late : {second, first}) {
    auto const told = fail(late.handle, true, "x", measured(seconds(1), kAmountMax));
    EXPECT_EQ(text_of(world.ask(told)), "run.unaccounted");
    EXPECT_EQ(text_of(world.ask(told)), "lease_lost");
  }
  EXPECT_EQ(world.row(first.run).unaccounted, kAmountMax);  // the sum has a bound
}

TEST(LateReport, OfALeaseThatHasReportedOrNeverBeganSaysNothingNew) {
  World world;
  Leased const told = running(world, "told", kReported);
  world.ask(fail(told.handle, true, "x", measured(seconds(1), Micros(5))));
  EXPECT_EQ(text_of(world.ask(complete(told.handle, "42", measured(seconds(1), Micros(9))))),
            "lease_lost");
  Leased const unstarted = *lease(world, {kReported});
  world.ask(lease_due(unstarted.run));
  EXPECT_EQ(text_of(world.ask(complete(unstarted.handle, "42", measured(seconds(1), Micros(9))))),
            "lease_lost");
  EXPECT_EQ(world.row(told.run).unaccounted + world.row(unstarted.run).unaccounted, Micros(0));
}

}  // namespace
}  // namespace tally::domain::testing
