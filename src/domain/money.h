#pragma once

// Money moves only by postings that sum to zero. `funding` is where grants come from (negative),
// so funding + available + held + spent = 0 for every tenant after every event. What a run cost
// above its hold is paid out of `available`; what that does not cover is a debt, which stands in
// `overrun`, owed from `overrun_due`. Whatever comes in pays the debt first (PostingPlan::credit),
// so nothing is available while something is owed.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "domain/fields.h"

namespace tally::domain {

enum class Unit { usd };  // counted in micros
constexpr std::string_view name_of(Unit) { return "usd"; }
constexpr std::array<Unit, 1> all_of(Unit) { return {Unit::usd}; }

enum class AccountKind { funding, available, held, spent, overrun, overrun_due };
inline constexpr std::size_t kAccountKinds = 6;
constexpr std::array<AccountKind, kAccountKinds> all_of(AccountKind) {
  using enum AccountKind;
  return {funding, available, held, spent, overrun, overrun_due};
}
constexpr std::string_view name_of(AccountKind kind) {
  constexpr std::array<std::string_view, kAccountKinds> names{
      "funding", "available", "held", "spent", "overrun", "overrun_due"};
  return names[static_cast<std::size_t>(kind)];
}

// The most that a tenant may owe. What would go beyond it is no charge: people decide (an audit).
inline constexpr Micros kDebtMax = kAmountMax;

// What a cost above a run's hold does, by the tenant's plan.
//   count      it is paid out of `available`; the rest is a debt that refuses new runs
//   safe_mode  the same, and the tenant is in safe mode
//   ignore     it is written down with the run and moves no money
enum class OverrunRule { count, safe_mode, ignore };
constexpr std::array<OverrunRule, 3> all_of(OverrunRule) {
  return {OverrunRule::count, OverrunRule::safe_mode, OverrunRule::ignore};
}
constexpr std::string_view name_of(OverrunRule rule) {
  constexpr std::array<std::string_view, 3> names{"count", "safe_mode", "ignore"};
  return names[static_cast<std::size_t>(rule)];
}

// A posting belongs to the tenant of its event. `scope` is the node of the tenant's budget tree;
// today there is one node.
inline constexpr std::string_view kTenantScope = "tenant";

struct Posting {
  AccountKind account = AccountKind::funding;
  Micros balance;  // of that account after this posting
  Micros delta;
  std::string scope{kTenantScope};
  Unit unit = Unit::usd;
  TALLY_FIELDS(Posting, account, balance, delta, scope, unit);
};
using Postings = std::vector<Posting>;

// The balances of one scope.
struct Balances {
  std::array<Micros, kAccountKinds> amounts{};
  Micros of(AccountKind kind) const { return amounts[static_cast<std::size_t>(kind)]; }
  Micros& of(AccountKind kind) { return amounts[static_cast<std::size_t>(kind)]; }
  Micros credits() const { return -of(AccountKind::funding); }
  bool operator==(Balances const&) const = default;
  // Written by the account's name, so by hand what TALLY_FIELDS does elsewhere.
  template <class Visit>
  void fields(Visit&& visit) {
    each(*this, visit);
  }
  template <class Visit>
  void fields(Visit&& visit) const {
    each(*this, visit);
  }

  template <class Self, class Visit>
  [[gnu::always_inline]] static void each(Self& self, Visit& visit) {
    visit("available", self.of(AccountKind::available));
    visit("funding", self.of(AccountKind::funding));
    visit("held", self.of(AccountKind::held));
    visit("overrun", self.of(AccountKind::overrun));
    visit("overrun_due", self.of(AccountKind::overrun_due));
    visit("spent", self.of(AccountKind::spent));
  }
};

// Collects movements against known balances; zero movements leave no posting.
class PostingPlan {
 public:
  explicit PostingPlan(Balances balances) : balances_(balances) {}
  PostingPlan& move(AccountKind from, AccountKind to, Micros amount);
  // The one way in which money becomes available: `amount` of `from` (funding, held) pays the debt
  // first, and what is paid counts as spent. Returns what was paid.
  Micros credit(AccountKind from, Micros amount);
  // The one way in which a cost above a hold is met: out of `available` as far as that reaches.
  // Returns the rest, which is a debt now.
  Micros overspend(Micros amount);
  Micros of(AccountKind kind) const { return balances_.of(kind); }
  Postings take() { return std::move(postings_); }

 private:
  void post(AccountKind account, Micros delta);
  Balances balances_;
  Postings postings_;
};

// Applies postings, checking that they sum to zero and that each says the balance it leaves.
void apply_postings(Balances& balances, Postings const& postings);

}  // namespace tally::domain
