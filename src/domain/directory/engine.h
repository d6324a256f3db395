#pragma once

// Commands and events of the directory. Each event carries the whole row that it leaves.

#include "domain/directory/rows.h"
#include "domain/run/job_kind.h"

namespace tally::domain::directory {

struct CreateTenant {
  PersonId person;
  PlanName plan;
  TenantId tenant;
  bool operator==(CreateTenant const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("person", self.person);
    visit("plan", self.plan);
    visit("tenant", self.tenant);
  }
};

struct AddPerson {
  std::string name;
  PersonId person;  // who adds
  PersonId subject;
  std::set<std::string> roles;
  bool operator==(AddPerson const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("name", self.name);
    visit("person", self.person);
    visit("roles", self.roles);
    visit("subject", self.subject);
  }
};

struct CreateKey {
  std::optional<Instant> expires_at;
  PersonId owner;
  PersonId person;  // who creates
  std::set<std::string> scopes;
  Digest secret_sha256;
  TenantId tenant;
  bool operator==(CreateKey const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("expires_at", self.expires_at);
    visit("owner", self.owner);
    visit("person", self.person);
    visit("scopes", self.scopes);
    visit("secret_sha256", self.secret_sha256);
    visit("tenant", self.tenant);
  }
};

struct RevokeKey {
  KeyId key;
  PersonId person;
  bool operator==(RevokeKey const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("key", self.key);
    visit("person", self.person);
  }
};

struct SetPlan {
  PersonId person;
  PlanName plan;
  Plan row;
  bool operator==(SetPlan const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("person", self.person);
    visit("plan", self.plan);
    visit("row", self.row);
  }
};

// A job kind as loaded at start; the same hash again is no event.
struct RegisterJob {
  run::JobKind job;
  bool operator==(RegisterJob const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("job", self.job);
  }
};

// One set of facts serves all: what the names in the command resolve to.
struct Facts {
  bool exists = false;       // the thing to be made is there already
  bool owner_known = true;   // CreateKey: the person
  std::optional<Key> key;    // RevokeKey
  bool last_admin = false;   // RevokeKey: nobody else could administer this server afterwards
  KeyId next_key;            // CreateKey
  bool plan_known = true;    // CreateTenant
  bool same = false;         // RegisterJob, SetPlan: nothing would change
  bool tenant_known = true;  // CreateKey
  bool operator==(Facts const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("exists", self.exists);
    visit("key", self.key);
    visit("last_admin", self.last_admin);
    visit("next_key", self.next_key);
    visit("owner_known", self.owner_known);
    visit("plan_known", self.plan_known);
    visit("same", self.same);
    visit("tenant_known", self.tenant_known);
  }
};

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

}  // namespace tally::domain::directory
