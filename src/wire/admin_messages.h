#pragma once

// Administration: tenants, people, keys.

#include "wire/plan_messages.h"

namespace tally::wire {

inline constexpr std::int64_t kPersonNameCharactersMax = 128;
inline constexpr std::int64_t kScopesPerKeyMax = 16;
inline constexpr std::int64_t kReasonCharactersMax = 500;
inline constexpr std::string_view kTokenNotKept =
    "this key was created by an earlier request; its token or its claim code was shown then and is "
    "shown no second time; where that answer was lost, revoke this key and create another";
inline constexpr std::array<std::string_view, 9> kScopeWords{
    "admin",    "approve",   "budget:read", "evidence:read", "metrics:read",
    "ops:read", "runs:read", "runs:write",  "work"};
inline constexpr std::array<std::string_view, 4> kRoleWords{"viewer", "operator", "approver",
                                                            "admin"};

struct TenantRequest {
  TenantId tenant;
  PlanName plan{"unlimited"};
  bool operator==(TenantRequest const&) const = default;
  static constexpr std::string_view kName = "TenantRequest";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("tenant", self.tenant);
    visit("plan", self.plan, Rule{.optional = true});
  }
};

struct Tenant {
  TenantId tenant;
  PlanName plan;
  bool operator==(Tenant const&) const = default;
  static constexpr std::string_view kName = "Tenant";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("tenant", self.tenant);
    visit("plan", self.plan);
  }
};

struct TenantList {
  std::vector<Tenant> tenants;
  bool operator==(TenantList const&) const = default;
  static constexpr std::string_view kName = "TenantList";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("tenants", self.tenants);
  }
};

struct PersonRequest {
  PersonId person;
  std::string name;
  std::vector<std::string> roles;
  bool operator==(PersonRequest const&) const = default;
  static constexpr std::string_view kName = "PersonRequest";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("person", self.person);
    visit("name", self.name, Rule{.min = 1, .max = kPersonNameCharactersMax});
    visit("roles", self.roles, Rule{.min = 1, .max = 4, .one_of = kRoleWords});
  }
};

struct Person {
  PersonId person;
  std::string name;
  std::vector<std::string> roles;
  PersonId added_by;
  Instant added_at;
  std::optional<Instant> counts_from;
  std::optional<Instant> removed_at;
  bool operator==(Person const&) const = default;
  static constexpr std::string_view kName = "Person";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("person", self.person);
    visit("name", self.name);
    visit("roles", self.roles);
    visit("added_by", self.added_by);
    visit("added_at", self.added_at);
    visit(
        "counts_from", self.counts_from,
        Rule{.says = "in approvals, with the role approver or admin; absent: no claimed key yet"});
    visit("removed_at", self.removed_at);
  }
};

struct PersonList {
  std::vector<Person> people;
  bool operator==(PersonList const&) const = default;
  static constexpr std::string_view kName = "PersonList";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("people", self.people);
  }
};

struct KeyRequest {
  TenantId tenant;
  std::optional<PersonId> owner;
  std::vector<std::string> scopes;
  std::optional<Instant> expires_at;
  bool operator==(KeyRequest const&) const = default;
  static constexpr std::string_view kName = "KeyRequest";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("tenant", self.tenant);
    visit("owner", self.owner, Rule{.says = "a registered person; the caller when absent"});
    visit("scopes", self.scopes, Rule{.min = 1, .max = kScopesPerKeyMax, .one_of = kScopeWords});
    visit("expires_at", self.expires_at);
  }
};

struct Key {
  KeyId key_id;
  TenantId tenant;
  PersonId owner;
  std::vector<std::string> scopes;
  bool revoked = false;
  std::optional<Instant> expires_at;
  std::optional<std::string> token;  // only in the answer that creates or claims the key
  std::optional<std::string> claim_code;
  std::optional<Instant> claim_expires_at;
  std::optional<Instant> counts_from;
  std::optional<std::string> note;  // why there is no token, where one was asked for
  bool operator==(Key const&) const = default;
  static constexpr std::string_view kName = "Key";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("key_id", self.key_id);
    visit("tenant", self.tenant);
    visit("owner", self.owner);
    visit("scopes", self.scopes);
    visit("revoked", self.revoked);
    visit("expires_at", self.expires_at, Rule{.null_when_none = true});
    visit("token", self.token, Rule{.says = "shown once, when the key is created or claimed"});
    visit("claim_code", self.claim_code,
          Rule{.says = "shown once: the owner fetches the token with it"});
    visit("claim_expires_at", self.claim_expires_at, Rule{.says = "while nobody claimed the key"});
    visit("counts_from", self.counts_from, Rule{.says = "in approvals"});
    visit("note", self.note, Rule{.says = "instead of a token where the creation is repeated"});
  }
};

// Of a key that was approved, for its proposer, once.
struct ClaimCode {
  KeyId key_id;
  PersonId owner;
  std::string claim_code;
  Instant expires_at;
  bool operator==(ClaimCode const&) const = default;
  static constexpr std::string_view kName = "ClaimCode";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("key_id", self.key_id);
    visit("owner", self.owner);
    visit("claim_code", self.claim_code);
    visit("expires_at", self.expires_at);
  }
};

struct ClaimRequest {
  std::string code;
  bool operator==(ClaimRequest const&) const = default;
  static constexpr std::string_view kName = "ClaimRequest";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("code", self.code, Rule{.min = 1, .max = 128});
  }
};

struct QuorumRequest {
  std::int64_t quorum = 2;
  std::string reason;
  bool operator==(QuorumRequest const&) const = default;
  static constexpr std::string_view kName = "QuorumRequest";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("quorum", self.quorum,
          Rule{.min = 2, .max = 10, .says = "people in all, the proposer among them"});
    visit("reason", self.reason, Rule{.min = 1, .max = kReasonCharactersMax});
  }
};

struct KeyList {
  std::vector<Key> keys;
  bool operator==(KeyList const&) const = default;
  static constexpr std::string_view kName = "KeyList";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("keys", self.keys);
  }
};

}  // namespace tally::wire
