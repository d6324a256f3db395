#pragma once

// Events of the directory. Each carries the whole row that it leaves.

#include "domain/directory/rows.h"
#include "domain/fields.h"
#include "domain/run/job_kind.h"

namespace tally::domain::directory {

// Event: tenant.created.
struct TenantCreated {
  PersonId person;
  Tenant row;
  TenantId tenant;
  TALLY_FIELDS(TenantCreated, person, row, tenant);
};

// Event: person.added.
struct PersonAdded {
  PersonId person;
  Person row;
  TALLY_FIELDS(PersonAdded, person, row);
};

// Event: person.removed.
struct PersonRemoved {
  PersonId by;
  PersonId person;
  Person row;
  TALLY_FIELDS(PersonRemoved, by, person, row);
};

// Event: key.created.
struct KeyCreated {
  KeyId key;
  PersonId person;
  Key row;
  TALLY_FIELDS(KeyCreated, key, person, row);
};

// Event: key.revoked.
struct KeyRevoked {
  KeyId key;
  PersonId person;
  TALLY_FIELDS(KeyRevoked, key, person);
};

// Event: key.claimed: the key has its token. Its person counts from then on as the key does, if
// they do not count from an earlier time.
struct KeyClaimed {
  KeyId key;
  Key row;
  TALLY_FIELDS(KeyClaimed, key, row);
};

// Event: key.claim_code_shown: its proposer has seen the code; nobody will again.
struct ClaimCodeShown {
  KeyId key;
  PersonId person;
  TALLY_FIELDS(ClaimCodeShown, key, person);
};

// Event: plan.set.
struct PlanSet {
  PersonId person;
  PlanName plan;
  Plan row;
  TALLY_FIELDS(PlanSet, person, plan, row);
};

// Event: job.registered.
struct JobRegistered {
  run::JobKind job;
  TALLY_FIELDS(JobRegistered, job);
};

// Event: job.retired.
struct JobRetired {
  JobName job;
  TALLY_FIELDS(JobRetired, job);
};

}  // namespace tally::domain::directory
