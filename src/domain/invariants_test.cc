// Each named invariant is broken on purpose, by hand, and must be found under its name.

#include "domain/invariants.h"

#include "domain/run_fixture.h"

namespace tally::domain::testing {
namespace {

// A world with money held, and a way to break it after its last event.
struct Broken {
  Broken() { submit(world, "k"); }
  directory::Tenant& tenant() { return world.state.tenants.edit(kAcme); }
  std::optional<std::string_view> violated() const {
    Recorded const& last = world.history.back();
    return violated_invariant(world.state, last.header, last.event);
  }
  World world;
};

using enum AccountKind;

TEST(Invariants, HoldInAWorldThatNobodyBroke) { EXPECT_EQ(Broken().violated(), std::nullopt); }

TEST(Invariants, FindMoneyFromNowhere) {
  Broken broken;
  auto& balance = broken.tenant().balances.of(available);
  balance = balance + Micros(1);
  EXPECT_EQ(broken.violated(), "budget_is_conserved");
}

TEST(Invariants, FindAnOverrunThatNobodyOwes) {
  Broken broken;
  broken.tenant().balances.of(overrun) = Micros(1);
  EXPECT_EQ(broken.violated(), "budget_is_conserved");
}

TEST(Invariants, FindAnErrorOfAnotherLayersClass) {
  Broken broken;
  error::Recorded error;
  error.component = "test";
  error.error_class = ErrorClass::domain_validation;
  error.layer = Layer::L5;
  Header const& header = broken.world.history.back().header;
  EXPECT_EQ(violated_invariant(broken.world.state, header, error::Events(error)),
            "errors_are_of_their_layer");
}

TEST(Invariants, FindEachAccountBelowZero) {
  for (AccountKind kind : {available, held, spent}) {
    Broken broken;
    Balances& balances = broken.tenant().balances;
    balances.of(funding) = balances.of(funding) + balances.of(kind) + Micros(1);
    balances.of(kind) = Micros(-1);
    EXPECT_EQ(broken.violated(), "nothing_is_overspent") << name_of(kind);
  }
  Broken broken;
  broken.tenant().balances.of(overrun) = Micros(-1);
  broken.tenant().balances.of(overrun_due) = Micros(1);
  EXPECT_EQ(broken.violated(), "nothing_is_overspent");
}

TEST(Invariants, FindADebtBesideMoneyThatCouldPayIt) {
  Broken broken;
  broken.tenant().balances.of(overrun) = Micros(1);
  broken.tenant().balances.of(overrun_due) = Micros(-1);
  EXPECT_EQ(broken.violated(), "a_debt_is_paid_first");
}

TEST(Invariants, FindASumThatIsMoreThanItMayBe) {
  Broken credits;
  Balances& balances = credits.tenant().balances;
  Micros const more = kAmountMax - balances.credits() + Micros(1);
  apply_postings(balances, PostingPlan(balances).move(funding, available, more).take());
  EXPECT_EQ(credits.violated(), "sums_are_bounded");
  Broken debt;
  Balances& owing = debt.tenant().balances;
  Micros const all = owing.of(available);
  apply_postings(owing, PostingPlan(owing)
                            .move(available, spent, all)
                            .move(overrun_due, overrun, kDebtMax + Micros(1))
                            .take());
  EXPECT_EQ(debt.violated(), "sums_are_bounded");
}

TEST(Invariants, FindADroppedHold) {
  Broken broken;
  PostingPlan plan(broken.tenant().balances);
  apply_postings(broken.tenant().balances, plan.move(held, available, kHold).take());
  EXPECT_EQ(broken.violated(), "holds_match_runs");
}

TEST(Invariants, FindAHoldWithoutARun) {
  Broken broken;
  broken.tenant().holds_live = kHold + kHold;
  EXPECT_EQ(broken.violated(), "holds_match_runs");
}

TEST(Invariants, FindMoreEndsThanRuns) {
  Broken broken;
  broken.tenant().runs_live = -1;
  EXPECT_EQ(broken.violated(), "holds_match_runs");
}

TEST(Invariants, FindARunThatEndedTwice) {
  Broken broken;
  --broken.world.state.runs_live;
  EXPECT_EQ(broken.violated(), "a_run_ends_once");
  Broken moved;
  --moved.world.state.phases[static_cast<std::size_t>(run::Phase::queued)];
  EXPECT_EQ(moved.violated(), "a_run_ends_once");
}

TEST(Invariants, FindAGapInEachOrder) {
  Broken ledger;
  ++ledger.world.state.ledger.seq_next;
  EXPECT_EQ(ledger.violated(), "order_is_gapless");
  Broken tenant;
  ++tenant.tenant().seq_next;
  EXPECT_EQ(tenant.violated(), "order_is_gapless");
  Broken time;
  time.world.state.ledger.at = time.world.at + seconds(1);
  EXPECT_EQ(time.violated(), "order_is_gapless");
}

TEST(Apply, StopsWhereTimeGoesBack) {
  Broken broken;
  Recorded last = broken.world.history.back();
  last.header.at = last.header.at - microseconds(1);
  CheckTrap const trap;
  EXPECT_THROW(apply(broken.world.state, last.header, last.event), BrokenAssumption);
}

TEST(Apply, SettlesNoRunTwice) {
  World world;
  Leased const leased = running(world, "k");
  world.ask(complete(leased.handle));
  Recorded const settled = world.history.back();
  CheckTrap const trap;
  EXPECT_THROW(apply(world.state, settled.header, settled.event), BrokenAssumption);
}

}  // namespace
}  // namespace tally::domain::testing
