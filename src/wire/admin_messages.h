#pragma once

// Administration: tenants, people, keys.

#include "wire/key_messages.h"

namespace tally::wire {

inline constexpr std::int64_t kPersonNameCharactersMax = 128;
inline constexpr std::int64_t kReasonCharactersMax = 500;

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
    visit("roles", self.roles, Rule{.min = 1, .max = 4, .one_of = kWords<Role>});
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
    visit("counts_from", self.counts_from,
          Rule{.says = "in approvals, with the role approver or admin; absent: no key that signs"});
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

// A setting of the configuration file that is not in force: it takes an approval.
struct PendingSetting {
  std::string name;
  std::int64_t in_file = 0;
  std::int64_t in_force = 0;
  std::optional<ApprovalId> approval_id = {};
  bool operator==(PendingSetting const&) const = default;
  static constexpr std::string_view kName = "PendingSetting";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("name", self.name, Rule{.says = "table and key of the file"});
    visit("in_file", self.in_file);
    visit("in_force", self.in_force);
    visit("approval_id", self.approval_id,
          Rule{.says = "where its signatures are collected; absent: too few people count yet"});
  }
};

}  // namespace tally::wire
