#include "domain/money.h"

#include <algorithm>

#include "base/check.h"

namespace tally::domain {

PostingPlan& PostingPlan::move(AccountKind from, AccountKind to, Micros amount) {
  TALLY_CHECK(amount.value() >= 0, "money moves forward only");
  if (amount.value() > 0) {
    post(from, -amount);
    post(to, amount);
  }
  return *this;
}

Micros PostingPlan::credit(AccountKind from, Micros amount) {
  using enum AccountKind;
  Micros const paid = std::min(amount, balances_.of(overrun));
  move(from, spent, paid);
  move(overrun, overrun_due, paid);
  move(from, available, amount - paid);
  return paid;
}

Micros PostingPlan::overspend(Micros amount) {
  using enum AccountKind;
  Micros const paid = std::min(amount, balances_.of(available));
  move(available, spent, paid);
  move(overrun_due, overrun, amount - paid);
  return amount - paid;
}

void PostingPlan::post(AccountKind account, Micros delta) {
  Micros& balance = balances_.of(account);
  balance = balance + delta;
  for (Posting& posting : postings_) {
    if (posting.account != account) continue;
    posting.delta = posting.delta + delta;
    posting.balance = balance;
    return;
  }
  postings_.push_back({.account = account, .balance = balance, .delta = delta});
}

void apply_postings(Balances& balances, Postings const& postings) {
  Micros sum;
  for (Posting const& posting : postings) {
    Micros& balance = balances.of(posting.account);
    balance = balance + posting.delta;
    TALLY_CHECK(balance == posting.balance, "a posting's balance is not what it leaves");
    sum = sum + posting.delta;
  }
  TALLY_CHECK(sum == Micros(0), "postings do not sum to zero");
}

}  // namespace tally::domain
