#pragma once

// Administration: tenants, people, keys.

#include "wire/plan_messages.h"

namespace tally::wire {

inline constexpr std::int64_t kPersonNameCharactersMax = 128;
inline constexpr std::int64_t kScopesPerKeyMax = 16;
inline constexpr std::int64_t kReasonCharactersMax = 500;
inline constexpr std::array<std::string_view, 8> kScopeWords{
    "admin",    "budget:read", "evidence:read", "metrics:read",
    "ops:read", "runs:read",   "runs:write",    "work"};
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
  bool operator==(Person const&) const = default;
  static constexpr std::string_view kName = "Person";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("person", self.person);
    visit("name", self.name);
    visit("roles", self.roles);
    visit("added_by", self.added_by);
    visit("added_at", self.added_at);
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
  std::optional<std::string> token;  // only in the answer that creates the key
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
    visit("token", self.token, Rule{.says = "shown once, when the key is created"});
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
