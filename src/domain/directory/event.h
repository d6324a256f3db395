#pragma once

// Events of the directory. Each carries the whole row that it leaves, so `apply` only stores it.
// `person` is who asked. `kDirectory` names the parts of the API's copy (ledger/directory.h) that
// the event makes out of date.

#include "domain/directory/rows.h"
#include "domain/fields.h"
#include "domain/kinds.h"
#include "domain/run/job_kind.h"

namespace tally::domain::directory {

// Event: tenant.created.
struct TenantCreated {
  static constexpr EventType kEvent{"tenant.created"};
  static constexpr std::array kDirectory{DirectoryPart::tenants};
  PersonId person;
  Tenant row;
  TenantId tenant;
  TALLY_FIELDS(TenantCreated, person, row, tenant);
};

// Event: person.added.
struct PersonAdded {
  static constexpr EventType kEvent{"person.added"};
  static constexpr std::array kDirectory{DirectoryPart::people};
  PersonId person;
  Person row;
  TALLY_FIELDS(PersonAdded, person, row);
};

// Event: person.removed.
struct PersonRemoved {
  static constexpr EventType kEvent{"person.removed"};
  static constexpr std::array kDirectory{DirectoryPart::people};
  PersonId by;
  PersonId person;
  Person row;
  TALLY_FIELDS(PersonRemoved, by, person, row);
};

// Event: key.created.
struct KeyCreated {
  static constexpr EventType kEvent{"key.created"};
  static constexpr std::array kDirectory{DirectoryPart::keys};
  KeyId key;
  PersonId person;
  Key row;
  TALLY_FIELDS(KeyCreated, key, person, row);
};

// Event: key.revoked.
struct KeyRevoked {
  static constexpr EventType kEvent{"key.revoked"};
  static constexpr std::array kDirectory{DirectoryPart::keys};
  KeyId key;
  PersonId person;
  TALLY_FIELDS(KeyRevoked, key, person);
};

// Event: key.claimed: the key has its token. Its person counts from then on as the key does, if
// they do not count from an earlier time.
struct KeyClaimed {
  static constexpr EventType kEvent{"key.claimed"};
  static constexpr std::array kDirectory{DirectoryPart::keys, DirectoryPart::people};
  KeyId key;
  Key row;
  TALLY_FIELDS(KeyClaimed, key, row);
};

// Event: key.claim_code_shown: its proposer has seen the code; nobody will again.
struct ClaimCodeShown {
  static constexpr EventType kEvent{"key.claim_code_shown"};
  static constexpr std::array kDirectory{DirectoryPart::keys};
  KeyId key;
  PersonId person;
  TALLY_FIELDS(ClaimCodeShown, key, person);
};

// Event: plan.set.
struct PlanSet {
  static constexpr EventType kEvent{"plan.set"};
  static constexpr std::array kDirectory{DirectoryPart::plans};
  PersonId person;
  PlanName plan;
  Plan row;
  TALLY_FIELDS(PlanSet, person, plan, row);
};

// Event: job.registered.
struct JobRegistered {
  static constexpr EventType kEvent{"job.registered"};
  static constexpr std::array kDirectory{DirectoryPart::jobs};
  run::JobKind job;
  TALLY_FIELDS(JobRegistered, job);
};

// Event: job.retired.
struct JobRetired {
  static constexpr EventType kEvent{"job.retired"};
  static constexpr std::array kDirectory{DirectoryPart::jobs};
  JobName job;
  TALLY_FIELDS(JobRetired, job);
};

using Events = std::variant<TenantCreated, PersonAdded, PersonRemoved, KeyCreated, KeyClaimed,
                            ClaimCodeShown, KeyRevoked, PlanSet, JobRegistered, JobRetired>;

}  // namespace tally::domain::directory
