#pragma once

// Who and what exists: tenants, people, keys, plans. Read by the API from an immutable copy that
// is swapped after each durable frame.

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "base/digest.h"
#include "base/ids.h"
#include "base/time.h"
#include "domain/money.h"

namespace tally::domain::directory {

// What a key may do. Plain words, checked against kKeyScopes.
inline constexpr std::array<std::string_view, 8> kKeyScopes{
    "admin",    "budget:read", "evidence:read", "metrics:read",
    "ops:read", "runs:read",   "runs:write",    "work"};

struct Tenant {
  Balances balances;
  Micros holds_live;  // running total of the holds of live runs; equals balances.held
  PlanName plan;
  std::int64_t runs_live = 0;
  std::int64_t seq_next = 0;  // tenant_seq of its next event
  bool operator==(Tenant const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("balances", self.balances);
    visit("holds_live", self.holds_live);
    visit("plan", self.plan);
    visit("runs_live", self.runs_live);
    visit("seq_next", self.seq_next);
  }
};

struct Person {
  Instant added_at;
  PersonId added_by;
  std::string name;
  std::set<std::string> roles;  // viewer, operator, approver, admin
  bool operator==(Person const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("added_at", self.added_at);
    visit("added_by", self.added_by);
    visit("name", self.name);
    visit("roles", self.roles);
  }
};

// A key belongs to one registered person and one tenant.
struct Key {
  std::optional<Instant> expires_at;
  PersonId person;
  bool revoked = false;
  std::set<std::string> scopes;
  Digest secret_sha256;  // of the whole token; tokens have 256 random bits
  TenantId tenant;
  bool operator==(Key const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("expires_at", self.expires_at);
    visit("person", self.person);
    visit("revoked", self.revoked);
    visit("scopes", self.scopes);
    visit("secret_sha256", self.secret_sha256);
    visit("tenant", self.tenant);
  }
};

// Requests allowed per window; no rate is explicitly unlimited, zero requests is none.
struct Rate {
  std::int64_t requests = 0;
  Duration window;
  bool operator==(Rate const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("requests", self.requests);
    visit("window", self.window);
  }
};

struct Plan {
  std::optional<Rate> rate;
  bool operator==(Plan const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("rate", self.rate);
  }
};

}  // namespace tally::domain::directory
