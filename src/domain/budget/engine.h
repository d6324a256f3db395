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
  bool tenant_known = false;
  bool operator==(GrantFacts const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("balances", self.balances);
    visit("tenant_known", self.tenant_known);
  }
};

// Event: budget.granted.
struct Granted {
  Micros amount;
  PersonId person;
  Postings postings;
  bool operator==(Granted const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("amount", self.amount);
    visit("person", self.person);
    visit("postings", self.postings);
  }
};

}  // namespace tally::domain::budget
