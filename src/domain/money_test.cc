#include "domain/money.h"

#include <gtest/gtest.h>

namespace tally::domain {
namespace {

using enum AccountKind;

TEST(PostingPlan, MergesMovementsOfOneAccount) {
  Balances balances;
  balances.of(held) = Micros(100);
  Postings const postings =
      PostingPlan(balances).move(held, spent, Micros(60)).move(held, available, Micros(40)).take();
  ASSERT_EQ(postings.size(), 3u);
  EXPECT_EQ(postings[0].account, held);
  EXPECT_EQ(postings[0].delta, Micros(-100));
  EXPECT_EQ(postings[0].balance, Micros(0));
}

TEST(PostingPlan, LeavesNoPostingForNothing) {
  EXPECT_TRUE(PostingPlan(Balances{}).move(held, spent, Micros(0)).take().empty());
}

TEST(PostingPlan, RefusesToMoveBackwards) {
  CheckTrap const trap;
  EXPECT_THROW(PostingPlan(Balances{}).move(held, spent, Micros(-1)), BrokenAssumption);
}

TEST(PostingPlan, PaysADebtWithAllThatComesInBeforeAnythingIsAvailable) {
  Balances balances;
  balances.of(overrun) = Micros(70);
  balances.of(overrun_due) = Micros(-70);
  PostingPlan first(balances);
  EXPECT_EQ(first.credit(funding, Micros(50)), Micros(50));
  apply_postings(balances, first.take());
  EXPECT_EQ(balances.of(available), Micros(0));
  EXPECT_EQ(balances.of(overrun), Micros(20));
  EXPECT_EQ(balances.of(spent), Micros(50));
  PostingPlan second(balances);
  EXPECT_EQ(second.credit(funding, Micros(50)), Micros(20));
  apply_postings(balances, second.take());
  EXPECT_EQ(balances.of(available), Micros(30));
  EXPECT_EQ(balances.of(overrun), Micros(0));
  EXPECT_EQ(balances.of(overrun_due), Micros(0));
  EXPECT_EQ(balances.of(spent), Micros(70));
}

TEST(ApplyPostings, LeavesTheBalancesThatThePlanSaid) {
  Balances balances;
  balances.of(available) = Micros(100);
  apply_postings(balances, PostingPlan(balances).move(available, held, Micros(30)).take());
  EXPECT_EQ(balances.of(available), Micros(70));
  EXPECT_EQ(balances.of(held), Micros(30));
}

TEST(ApplyPostings, RefusesABalanceThatTheDeltaDoesNotLeave) {
  Balances balances;
  Postings postings = PostingPlan(balances).move(funding, available, Micros(5)).take();
  postings[1].balance = Micros(6);
  CheckTrap const trap;
  EXPECT_THROW(apply_postings(balances, postings), BrokenAssumption);
}

TEST(ApplyPostings, RefusesPostingsThatDoNotSumToZero) {
  Balances balances;
  Postings postings = PostingPlan(balances).move(funding, available, Micros(5)).take();
  postings[1].delta = Micros(6);
  postings[1].balance = Micros(6);
  CheckTrap const trap;
  EXPECT_THROW(apply_postings(balances, postings), BrokenAssumption);
}

}  // namespace
}  // namespace tally::domain
