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

TEST(Settle, SplitsTheHoldAndSendsTheRestToOverrun) {
  Prng random(25);
  for (int i = 0; i < 2'000; ++i) {
    Micros const hold(static_cast<std::int64_t>(random.below(1000)));
    Micros const cost(static_cast<std::int64_t>(random.below(1500)));
    Balances balances;
    balances.of(AccountKind::held) = hold;
    balances.of(AccountKind::funding) = -hold;
    auto const [charge, postings] = settle(balances, hold, cost);
    EXPECT_EQ(charge.charged + charge.released, hold);
    EXPECT_EQ(charge.charged + charge.overrun, cost);
    EXPECT_TRUE(charge.overrun == Micros(0) || charge.released == Micros(0));
    apply_postings(balances, postings);
    EXPECT_EQ(balances.of(AccountKind::held), Micros(0));
    EXPECT_EQ(balances.of(AccountKind::spent), charge.charged);
    EXPECT_EQ(balances.of(AccountKind::available), charge.released);
    EXPECT_EQ(balances.of(AccountKind::overrun), charge.overrun);
    EXPECT_EQ(balances.of(AccountKind::overrun_due), -charge.overrun);
  }
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
