#pragma once

// Grants: where a tenant's credits come from.

#include "base/ids.h"
#include "domain/money.h"

namespace tally::domain::budget {

// Command: add credits to a tenant.
struct Grant {
  Micros amount;
  PersonId person;
  TenantId tenant;
  bool operator==(Grant const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("amount", self.amount);
    visit("person", self.person);
    visit("tenant", self.tenant);
  }
};

struct GrantFacts {
  Balances balances;
  PlanName plan;
  std::int64_t runs_live = 0;
  bool tenant_known = false;
  bool operator==(GrantFacts const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("balances", self.balances);
    visit("plan", self.plan);
    visit("runs_live", self.runs_live);
    visit("tenant_known", self.tenant_known);
  }
};

// Event: budget.granted.
struct Granted {
  Micros amount;
  Micros debt_paid;  // of it, to what was owed; the rest is available
  PersonId person;
  Postings postings;
  bool operator==(Granted const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("amount", self.amount);
    visit("debt_paid", self.debt_paid);
    visit("person", self.person);
    visit("postings", self.postings);
  }
};

}  // namespace tally::domain::budget
