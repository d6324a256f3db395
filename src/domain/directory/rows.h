#pragma once

// Who and what exists: tenants, people, keys, plans. The API reads these rows from an immutable
// copy that the loop replaces after each durable frame that changed some of it
// (ledger/directory.h).

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "base/closed_words.h"
#include "base/digest.h"
#include "base/ids.h"
#include "base/time.h"
#include "domain/fields.h"
#include "domain/money.h"

namespace tally::domain::directory {

struct Tenant {
  Balances balances;
  Micros holds_live;  // running total of the holds of live runs; equals balances.held
  PlanName plan;
  std::int64_t runs_live = 0;
  std::int64_t seq_next = 0;  // tenant_seq of its next event
  TALLY_FIELDS(Tenant, balances, holds_live, plan, runs_live, seq_next);
};

// A person who was removed keeps the row, so that nobody else is ever taken for them: their keys
// open nothing, and the id is not given again.
struct Person {
  Instant added_at;
  PersonId added_by;
  std::optional<Instant> counts_from;  // in approvals, if the role is one; none: no claimed key yet
  std::string name;
  std::optional<Instant> removed_at;
  std::set<std::string> roles;  // names of `Role`
  bool has(Role role) const { return roles.contains(std::string(name_of(role))); }
  TALLY_FIELDS(Person, added_at, added_by, counts_from, name, removed_at, roles);
};

// How a key for another person gets to that person: whoever brings the code gets the token. The
// code is made of `salt` and a secret of the server's, so that no copy of the ledger opens a key.
struct Claim {
  Digest code_sha256;
  Instant expires_at;
  PersonId proposer;  // who may see the code
  std::array<std::uint8_t, 16> salt{};
  bool shown = false;
  TALLY_FIELDS(Claim, code_sha256, expires_at, proposer, salt, shown);
};

// A key belongs to one registered person and one tenant. Until it was claimed it has no token.
struct Key {
  std::optional<Claim> claim;          // not claimed yet
  std::optional<Instant> counts_from;  // in approvals, if its person does; none: never
  std::optional<Instant> expires_at;
  PersonId person;
  bool revoked = false;
  std::set<std::string> scopes;  // names of `KeyScope`
  bool has(KeyScope scope) const { return scopes.contains(std::string(name_of(scope))); }
  Digest secret_sha256;  // of the whole token; tokens have 256 random bits
  TenantId tenant;
  TALLY_FIELDS(Key, claim, counts_from, expires_at, person, revoked, scopes, secret_sha256, tenant);
};

// Requests allowed per window; no rate is explicitly unlimited, zero requests is none.
struct Rate {
  std::int64_t requests = 0;
  Duration window;
  TALLY_FIELDS(Rate, requests, window);
};

struct Plan {
  OverrunRule overrun = OverrunRule::count;
  // A report that lies further above its hold is believed by nobody: an audit and no charge.
  std::optional<Micros> overrun_believed_max;
  std::optional<Rate> rate;
  TALLY_FIELDS(Plan, overrun, overrun_believed_max, rate);
};

}  // namespace tally::domain::directory
