#pragma once

// Grants: where a tenant's credits come from. Amounts are micros, millionths of a USD.

#include <variant>

#include "base/ids.h"
#include "domain/fields.h"
#include "domain/kinds.h"
#include "domain/money.h"

namespace tally::domain::budget {

struct GrantFacts;

// Command: add credits to a tenant.
struct Grant {
  static constexpr CommandType kCommand{"budget.grant", mode::Mode::stop};
  using Facts = GrantFacts;
  Micros amount;
  PersonId person;
  TenantId tenant;
  TALLY_FIELDS(Grant, amount, person, tenant);
};

struct GrantFacts {
  static constexpr std::string_view kKind = "budget.grant_facts";
  Balances balances;
  PlanName plan;
  std::int64_t runs_live = 0;
  bool tenant_known = false;
  TALLY_FIELDS(GrantFacts, balances, plan, runs_live, tenant_known);
};

// Event: budget.granted.
struct Granted {
  static constexpr EventType kEvent{"budget.granted"};
  Micros amount;
  Micros debt_paid;  // of it, to what was owed; the rest is available
  PersonId person;
  Postings postings;
  TALLY_FIELDS(Granted, amount, debt_paid, person, postings);
};

// Command: take back credits of a tenant that are neither held nor spent.
struct Withdraw {
  static constexpr CommandType kCommand{"budget.withdraw", mode::Mode::stop};
  using Facts = GrantFacts;
  Micros amount;
  PersonId person;
  TenantId tenant;
  TALLY_FIELDS(Withdraw, amount, person, tenant);
};

// Event: budget.withdrawn.
struct Withdrawn {
  static constexpr EventType kEvent{"budget.withdrawn"};
  Micros amount;
  PersonId person;
  Postings postings;
  TALLY_FIELDS(Withdrawn, amount, person, postings);
};

using Commands = std::variant<Grant, Withdraw>;
struct Engine {
  static constexpr EngineType kType{"budget"};
  using Commands = budget::Commands;
};

using Events = std::variant<Granted, Withdrawn>;

}  // namespace tally::domain::budget
