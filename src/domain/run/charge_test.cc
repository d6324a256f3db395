#include "domain/run/charge.h"

#include <gtest/gtest.h>

#include "base/prng.h"
#include "domain/run/reconcile.h"

namespace tally::domain::run {
namespace {

Price per_second(std::int64_t fixed, std::int64_t rate) {
  Price price;
  price.fixed = Micros(fixed);
  price.per_second = Micros(rate);
  return price;
}
Measured took(Duration elapsed) { return {.elapsed = elapsed, .reported = {}, .sandbox = {}}; }

TEST(CostOf, RoundsUpToAMicro) {
  EXPECT_EQ(cost_of(per_second(1000, 0), took(hours(1))), Micros(1000));
  EXPECT_EQ(cost_of(per_second(1000, 10), took(seconds(2))), Micros(1020));
  EXPECT_EQ(cost_of(per_second(1000, 10), took(microseconds(1))), Micros(1001));
  EXPECT_EQ(cost_of(per_second(0, 10), took(milliseconds(100))), Micros(1));
  EXPECT_EQ(cost_of(per_second(0, 10), took(microseconds(100'001))), Micros(2));
  EXPECT_EQ(cost_of(per_second(0, 3), took(milliseconds(1500))), Micros(5));
}

TEST(CostOf, TakesAClockThatWentBackwardsForNoTime) {
  EXPECT_EQ(cost_of(per_second(7, 10), took(seconds(-5))), Micros(7));
}

TEST(CostOf, IsWhatTheWorkReportsOrNothing) {
  Price price;
  price.reported = true;
  Measured how = took(seconds(1));
  EXPECT_EQ(cost_of(price, how), std::nullopt);
  how.reported = Micros(0);
  EXPECT_EQ(cost_of(price, how), Micros(0));
  how.reported = Micros(123);
  EXPECT_EQ(cost_of(price, how), Micros(123));
}

TEST(CostOf, BelievesNoImpossibleNumber) {
  Price price;
  price.reported = true;
  Measured how;
  how.reported = Micros(-1);
  EXPECT_EQ(cost_of(price, how), std::nullopt);
  how.reported = kAmountMax + Micros(1);
  EXPECT_EQ(cost_of(price, how), std::nullopt);
  EXPECT_EQ(cost_of(per_second(0, kAmountMax.value()), took(Duration(INT64_MAX))), std::nullopt);
}

TEST(ReportedBy, CountsOnlyWhereThePriceIsAsReported) {
  Measured how;
  how.reported = Micros(5);
  Price price;
  EXPECT_EQ(reported_by(price, how), Micros(0));
  price.reported = true;
  EXPECT_EQ(reported_by(price, how), Micros(5));
  how.reported = Micros(-5);
  EXPECT_EQ(reported_by(price, how), std::nullopt);
  how.reported = std::nullopt;
  EXPECT_EQ(reported_by(price, how), Micros(0));
}

TEST(MinimumFee, IsTheLargerOfFloorAndShareUpToTheCap) {
  MinimumFee const fee{.cap = Micros(500), .floor = Micros(100), .ppm = 20'000};
  EXPECT_EQ(fee_of(fee, Micros(1'000)), Micros(100));    // 2 % is 20
  EXPECT_EQ(fee_of(fee, Micros(10'000)), Micros(200));   // 2 %
  EXPECT_EQ(fee_of(fee, Micros(100'000)), Micros(500));  // 2 % is 2000
  EXPECT_EQ(fee_of(fee, Micros(60)), Micros(60));        // never more than the hold
  EXPECT_EQ(fee_of(MinimumFee{}, Micros(60)), Micros(0));
}

TEST(MinimumFee, IsNeverBelowZeroNorAboveTheHold) {
  Prng random(24);
  for (int i = 0; i < 10'000; ++i) {
    auto amount = [&] {
      return Micros(static_cast<std::int64_t>(random.next() >> 1) % (kAmountMax.value() + 1) >>
                    random.below(50));
    };
    Micros const hold = amount();
    MinimumFee const fee{.cap = amount(),
                         .floor = amount(),
                         .ppm = static_cast<std::int64_t>(random.below(1'000'001))};
    Micros const charged = fee_of(fee, hold);
    ASSERT_GE(charged, Micros(0));
    ASSERT_LE(charged, hold);
    ASSERT_LE(charged, fee.cap);
  }
}

TEST(Outran, IsWhereTheTimeByOurOwnPriceCostMoreThanItsHold) {
  EXPECT_FALSE(outran(per_second(1000, 10), Micros(1020), took(seconds(2))));
  EXPECT_TRUE(outran(per_second(1000, 10), Micros(1019), took(seconds(2))));
  EXPECT_TRUE(outran(per_second(0, kAmountMax.value()), kAmountMax, took(Duration(INT64_MAX))));
  Price reported;
  reported.reported = true;
  EXPECT_FALSE(outran(reported, Micros(0), took(hours(1))));
}

using enum AccountKind;

// What one tenant has before a run ends: its hold, and either something available or a debt.
Balances before(Prng& random, Micros hold) {
  auto const some = [&] { return Micros(static_cast<std::int64_t>(random.below(1000))); };
  Balances balances;
  balances.of(held) = hold;
  balances.of(spent) = some();
  bool const owes = random.chance(500);
  if (owes) balances.of(overrun) = some();
  if (!owes) balances.of(available) = some();
  balances.of(overrun_due) = -balances.of(overrun);
  balances.of(funding) = -(hold + balances.of(spent) + balances.of(available));
  return balances;
}

TEST(Settle, PaysACostAboveItsHoldFromWhatIsAvailableAndOwesTheRest) {
  Prng random(25);
  for (int i = 0; i < 5'000; ++i) {
    Micros const hold(static_cast<std::int64_t>(random.below(1000)));
    Micros const cost(static_cast<std::int64_t>(random.below(3000)));
    Balances const was = before(random, hold);
    auto const settlement = settle(was, hold, cost, OverrunRule::count);
    ASSERT_TRUE(settlement);
    Charge const& charge = settlement->charge;
    EXPECT_EQ(charge.charged + charge.released, hold);
    EXPECT_EQ(charge.charged + charge.overrun, cost);
    EXPECT_EQ(charge.paid + charge.owed, charge.overrun);
    EXPECT_TRUE(charge.overrun == Micros(0) || charge.released == Micros(0));
    Balances now = was;
    apply_postings(now, settlement->postings);
    // All that the tenant had for it, whatever account it stood in, less the cost.
    Micros const left = was.of(available) - was.of(overrun) + hold - cost;
    EXPECT_EQ(now.of(held), Micros(0));
    EXPECT_EQ(now.of(available), std::max(left, Micros(0)));
    EXPECT_EQ(now.of(overrun), std::max(-left, Micros(0)));
    EXPECT_EQ(now.of(overrun_due), -now.of(overrun));
    EXPECT_EQ(now.of(spent), now.credits() - now.of(available));
    EXPECT_EQ(charge.debt_paid, std::min(was.of(overrun), charge.released));
  }
}

TEST(Settle, MovesNoMoneyAboveTheHoldWhereThePlanIgnoresIt) {
  Prng random(26);
  for (int i = 0; i < 2'000; ++i) {
    Micros const hold(static_cast<std::int64_t>(random.below(1000)));
    Balances const was = before(random, hold);
    auto const settlement = settle(was, hold, hold + Micros(500), OverrunRule::ignore);
    ASSERT_TRUE(settlement);
    EXPECT_EQ(settlement->charge.overrun, Micros(500));
    EXPECT_EQ(settlement->charge.paid + settlement->charge.owed, Micros(0));
    Balances now = was;
    apply_postings(now, settlement->postings);
    EXPECT_EQ(now.of(available), was.of(available));
    EXPECT_EQ(now.of(overrun), was.of(overrun));
    EXPECT_EQ(now.of(spent), was.of(spent) + hold);
  }
}

TEST(Settle, OwesUpToTheBoundAndNotOneMicroMore) {
  Balances balances;
  balances.of(overrun) = kDebtMax - Micros(10);
  balances.of(overrun_due) = -balances.of(overrun);
  auto const most = settle(balances, Micros(0), Micros(10), OverrunRule::count);
  ASSERT_TRUE(most);
  EXPECT_EQ(most->charge.owed, Micros(10));
  EXPECT_FALSE(settle(balances, Micros(0), Micros(11), OverrunRule::count));
  EXPECT_TRUE(settle(balances, Micros(0), kAmountMax, OverrunRule::ignore));
}

TEST(Reconcile, DecidesEveryRowOfItsTable) {
  struct Expected {
    bool hold;
    Receipt receipt;
    bool result;
    ReconcileVerdict verdict;
    std::string_view type;
  };
  using enum ReconcileVerdict;
  using enum Receipt;
  std::vector<Expected> const table{
      {true, valid, true, forward, "roll_forward"},
      {true, valid, false, charged, "result_missing"},
      {true, none, true, again, "roll_back"},
      {true, none, false, again, "roll_back"},
      {true, damaged, true, audit, "damaged_receipt_audit"},
      {true, damaged, false, audit, "damaged_receipt_audit"},
      {false, valid, true, audit, "receipt_without_hold_audit"},
      {false, valid, false, audit, "receipt_without_hold_audit"},
      {false, none, true, audit, "no_receipt_audit"},
      {false, none, false, audit, "no_receipt_audit"},
      {false, damaged, true, audit, "receipt_without_hold_audit"},
      {false, damaged, false, audit, "receipt_without_hold_audit"},
  };
  ASSERT_EQ(table.size(), 2 * all_of(Receipt{}).size() * 2);
  for (Expected const& row : table) {
    ReconcileRow const got = reconcile_row(row.hold, row.receipt, row.result);
    EXPECT_EQ(got.verdict, row.verdict) << row.type;
    EXPECT_EQ(got.reconcile_type, row.type);
  }
}

}  // namespace
}  // namespace tally::domain::run
