#pragma once

// Events of the directory. Each carries the whole row that it leaves.

#include "domain/directory/rows.h"
#include "domain/run/job_kind.h"

namespace tally::domain::directory {

// Event: tenant.created.
struct TenantCreated {
  PersonId person;
  Tenant row;
  TenantId tenant;
  bool operator==(TenantCreated const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("person", self.person);
    visit("row", self.row);
    visit("tenant", self.tenant);
  }
};

// Event: person.added.
struct PersonAdded {
  PersonId person;
  Person row;
  bool operator==(PersonAdded const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("person", self.person);
    visit("row", self.row);
  }
};

// Event: person.removed.
struct PersonRemoved {
  PersonId by;
  PersonId person;
  Person row;
  bool operator==(PersonRemoved const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("by", self.by);
    visit("person", self.person);
    visit("row", self.row);
  }
};

// Event: key.created.
struct KeyCreated {
  KeyId key;
  PersonId person;
  Key row;
  bool operator==(KeyCreated const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("key", self.key);
    visit("person", self.person);
    visit("row", self.row);
  }
};

// Event: key.revoked.
struct KeyRevoked {
  KeyId key;
  PersonId person;
  bool operator==(KeyRevoked const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("key", self.key);
    visit("person", self.person);
  }
};

// Event: key.claimed: the key has its token. Its person counts from then on as the key does, if
// they do not count from an earlier time.
struct KeyClaimed {
  KeyId key;
  Key row;
  bool operator==(KeyClaimed const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("key", self.key);
    visit("row", self.row);
  }
};

// Event: key.claim_code_shown: its proposer has seen the code; nobody will again.
struct ClaimCodeShown {
  KeyId key;
  PersonId person;
  bool operator==(ClaimCodeShown const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("key", self.key);
    visit("person", self.person);
  }
};

// Event: plan.set.
struct PlanSet {
  PersonId person;
  PlanName plan;
  Plan row;
  bool operator==(PlanSet const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("person", self.person);
    visit("plan", self.plan);
    visit("row", self.row);
  }
};

// Event: job.registered.
struct JobRegistered {
  run::JobKind job;
  bool operator==(JobRegistered const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("job", self.job);
  }
};

// Event: job.retired.
struct JobRetired {
  JobName job;
  bool operator==(JobRetired const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("job", self.job);
  }
};

}  // namespace tally::domain::directory
