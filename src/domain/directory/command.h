#pragma once

// What can be asked of the directory.

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

// With the role approver or admin it takes the approval of those who count; the first person of a
// ledger counts at once.
struct AddPerson {
  std::optional<KeyId> asked_with = {};
  std::string name;
  PersonId person;  // who adds
  PersonId subject;
  std::set<std::string> roles;
  bool operator==(AddPerson const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("asked_with", self.asked_with);
    visit("name", self.name);
    visit("person", self.person);
    visit("roles", self.roles);
    visit("subject", self.subject);
  }
};

// Of an approver or admin it takes an approval.
struct RemovePerson {
  std::optional<KeyId> asked_with = {};
  PersonId person;  // who removes
  PersonId subject;
  bool operator==(RemovePerson const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("asked_with", self.asked_with);
    visit("person", self.person);
    visit("subject", self.subject);
  }
};

// What a code can be made of again, and how it is known again.
struct ClaimSeed {
  Digest code_sha256;
  std::array<std::uint8_t, 16> salt{};
  bool operator==(ClaimSeed const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("code_sha256", self.code_sha256);
    visit("salt", self.salt);
  }
};

// For oneself with a secret; for another person with a claim, and if that person is an approver or
// admin, with an approval.
struct CreateKey {
  std::optional<KeyId> asked_with = {};
  std::optional<ClaimSeed> claim = {};
  std::optional<Instant> expires_at;
  PersonId owner;
  PersonId person;  // who creates
  std::set<std::string> scopes;
  Digest secret_sha256;
  TenantId tenant;
  bool operator==(CreateKey const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("asked_with", self.asked_with);
    visit("claim", self.claim);
    visit("expires_at", self.expires_at);
    visit("owner", self.owner);
    visit("person", self.person);
    visit("scopes", self.scopes);
    visit("secret_sha256", self.secret_sha256);
    visit("tenant", self.tenant);
  }
};

// Whoever brings the code of a key gets its token, once.
struct ClaimKey {
  Digest code_sha256;
  KeyId key;
  Digest secret_sha256;
  bool operator==(ClaimKey const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("code_sha256", self.code_sha256);
    visit("key", self.key);
    visit("secret_sha256", self.secret_sha256);
  }
};

// The proposer of a key asks for its code, which is shown once.
struct ShowClaimCode {
  KeyId key;
  PersonId person;
  bool operator==(ShowClaimCode const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("key", self.key);
    visit("person", self.person);
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

// A job kind that this start did not load: it takes no new runs until it is registered again.
struct RetireJob {
  JobName job;
  bool operator==(RetireJob const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("job", self.job);
  }
};

}  // namespace tally::domain::directory
