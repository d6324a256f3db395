#pragma once

// Money moves only by postings that sum to zero. `funding` is where grants come from (negative),
// so funding + available + held + spent = 0 for every tenant after every event. What a run cost
// above its hold stands in `overrun`, owed from `overrun_due`: seen, never clamped away.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"

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

// A posting belongs to the tenant of its event. `scope` is the node of the tenant's budget tree;
// today there is one node.
inline constexpr std::string_view kTenantScope = "tenant";

struct Posting {
  AccountKind account = AccountKind::funding;
  Micros balance;  // of that account after this posting
  Micros delta;
  std::string scope{kTenantScope};
  Unit unit = Unit::usd;
  bool operator==(Posting const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("account", self.account);
    visit("balance", self.balance);
    visit("delta", self.delta);
    visit("scope", self.scope);
    visit("unit", self.unit);
  }
};
using Postings = std::vector<Posting>;

// The balances of one scope.
struct Balances {
  std::array<Micros, kAccountKinds> amounts{};
  Micros of(AccountKind kind) const { return amounts[static_cast<std::size_t>(kind)]; }
  Micros& of(AccountKind kind) { return amounts[static_cast<std::size_t>(kind)]; }
  Micros credits() const { return -of(AccountKind::funding); }
  bool operator==(Balances const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
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
  Postings take() { return std::move(postings_); }

 private:
  void post(AccountKind account, Micros delta);
  Balances balances_;
  Postings postings_;
};

// Applies postings, checking that they sum to zero and that each says the balance it leaves.
void apply_postings(Balances& balances, Postings const& postings);

}  // namespace tally::domain
