#pragma once

// Grants: where a tenant's credits come from.

#include "base/ids.h"
#include "domain/fields.h"
#include "domain/money.h"

namespace tally::domain::budget {

// Command: add credits to a tenant.
struct Grant {
  Micros amount;
  PersonId person;
  TenantId tenant;
  TALLY_FIELDS(Grant, amount, person, tenant);
};

struct GrantFacts {
  Balances balances;
  PlanName plan;
  std::int64_t runs_live = 0;
  bool tenant_known = false;
  TALLY_FIELDS(GrantFacts, balances, plan, runs_live, tenant_known);
};

// Event: budget.granted.
struct Granted {
  Micros amount;
  Micros debt_paid;  // of it, to what was owed; the rest is available
  PersonId person;
  Postings postings;
  TALLY_FIELDS(Granted, amount, debt_paid, person, postings);
};

}  // namespace tally::domain::budget
