#pragma once

// A naive keeper of accounts for tests, who knows nothing of postings.

#include "domain/run_fixture.h"

namespace tally::domain::testing {

// What a tenant's money should be, told from requests and ends of runs alone.
class Purses {
 public:
  void grant(TenantId const& tenant, Micros amount) { purses_[tenant].take_in(amount); }
  void withdraw(TenantId const& tenant, Micros amount) {
    purses_[tenant].available = purses_[tenant].available - amount;
  }
  void hold(TenantId const& tenant, RunId run, Micros amount) {
    Purse& purse = purses_[tenant];
    purse.available = purse.available - amount;
    purse.held = purse.held + amount;
    EXPECT_TRUE(holds_.emplace(run, std::pair(tenant, amount)).second);
  }
  void end(RunId run, Micros cost, OverrunRule rule = OverrunRule::count) {
    ASSERT_TRUE(holds_.contains(run)) << "a run ended that was not live";
    auto const [tenant, amount] = holds_.at(run);
    holds_.erase(run);
    Purse& purse = purses_[tenant];
    Micros const charged = std::min(cost, amount);
    purse.held = purse.held - amount;
    purse.spent = purse.spent + charged;
    purse.take_in(amount - charged);
    if (rule != OverrunRule::ignore) purse.give_out(cost - charged);
  }
  void check(State const& state) const {
    for (auto const& [tenant, purse] : purses_) {
      Balances const& balances = state.tenants.at(tenant).balances;
      EXPECT_EQ(balances.of(AccountKind::available), purse.available);
      EXPECT_EQ(balances.of(AccountKind::held), purse.held);
      EXPECT_EQ(balances.of(AccountKind::spent), purse.spent);
      EXPECT_EQ(balances.of(AccountKind::overrun), purse.overrun);
    }
  }
  Micros available(TenantId const& tenant) { return purses_[tenant].available; }
  Micros owed(TenantId const& tenant) { return purses_[tenant].overrun; }
  Micros held(TenantId const& tenant) { return purses_[tenant].held; }

 private:
  struct Purse {
    Micros available, held, spent, overrun;
    // One micro after the other would come to the same: to the debt while there is one.
    void take_in(Micros amount) {
      Micros const to_debt = amount < overrun ? amount : overrun;
      overrun = overrun - to_debt;
      spent = spent + to_debt;
      available = available + (amount - to_debt);
    }
    void give_out(Micros amount) {
      Micros const there = amount < available ? amount : available;
      available = available - there;
      spent = spent + there;
      overrun = overrun + (amount - there);
    }
  };
  std::map<TenantId, Purse> purses_;
  std::map<RunId, std::pair<TenantId, Micros>> holds_;
};

}  // namespace tally::domain::testing
