#pragma once

// The commands of the directory: tenants, people, keys, plans, job kinds. Where there is a
// `person`, it is who asks, and `asked_with` the key of that person (none: the server itself).
// Commands with `kWaits` may need an approval (approvers.h); until it is granted nothing changes.

#include <variant>

#include "domain/directory/rows.h"
#include "domain/fields.h"
#include "domain/kinds.h"
#include "domain/run/job_kind.h"
#include "domain/settings.h"

namespace tally::domain::directory {

struct Facts;

struct CreateTenant {
  static constexpr CommandType kCommand{"tenant.create", mode::Mode::stop};
  using Facts = directory::Facts;
  PersonId person;
  PlanName plan;
  TenantId tenant;
  TALLY_FIELDS(CreateTenant, person, plan, tenant);
};

// Adds a person. For the roles approver and admin it needs an approval; the first person of a
// ledger counts at once.
struct AddPerson {
  static constexpr CommandType kCommand{"person.add", mode::Mode::stop};
  using Facts = directory::Facts;
  static constexpr Setting const& kWaits = setting::kApprovePeople;
  std::optional<KeyId> asked_with = {};
  std::string name;
  PersonId person;  // who adds
  PersonId subject;
  std::set<std::string> roles;
  TALLY_FIELDS(AddPerson, asked_with, name, person, roles, subject);
};

// Removes a person. For an approver or admin it needs an approval.
struct RemovePerson {
  static constexpr CommandType kCommand{"person.remove", mode::Mode::stop};
  using Facts = directory::Facts;
  static constexpr Setting const& kWaits = setting::kApprovePeople;
  std::optional<KeyId> asked_with = {};
  PersonId person;  // who removes
  PersonId subject;
  TALLY_FIELDS(RemovePerson, asked_with, person, subject);
};

// The recorded half of a claim code: the salt that the server makes the code of again, and the hash
// by which a code that somebody brings is recognised (api/claim_code.h).
struct ClaimSeed {
  Digest code_sha256;
  std::array<std::uint8_t, 16> salt{};
  TALLY_FIELDS(ClaimSeed, code_sha256, salt);
};

// Creates a key. A key for oneself comes with its secret. A key for another person comes with a
// claim, and needs an approval if that person is an approver or admin.
struct CreateKey {
  static constexpr CommandType kCommand{"key.create", mode::Mode::stop};
  using Facts = directory::Facts;
  static constexpr Setting const& kWaits = setting::kApproveKey;
  std::optional<KeyId> asked_with = {};
  std::optional<ClaimSeed> claim = {};
  std::optional<Instant> expires_at;
  PersonId owner;
  PersonId person;  // who creates
  std::set<std::string> scopes;
  Digest secret_sha256;
  TenantId tenant;
  TALLY_FIELDS(CreateKey, asked_with, claim, expires_at, owner, person, scopes, secret_sha256,
               tenant);
};

// Whoever brings the code of a key gets its token, once.
struct ClaimKey {
  static constexpr CommandType kCommand{"key.claim", mode::Mode::stop};
  using Facts = directory::Facts;
  Digest code_sha256;
  KeyId key;
  Digest secret_sha256;
  TALLY_FIELDS(ClaimKey, code_sha256, key, secret_sha256);
};

// The proposer of a key asks for its code, which is shown once.
struct ShowClaimCode {
  static constexpr CommandType kCommand{"key.show_claim_code", mode::Mode::stop};
  using Facts = directory::Facts;
  KeyId key;
  PersonId person;
  TALLY_FIELDS(ShowClaimCode, key, person);
};

struct RevokeKey {
  static constexpr CommandType kCommand{"key.revoke", mode::Mode::halt};
  using Facts = directory::Facts;
  KeyId key;
  PersonId person;
  TALLY_FIELDS(RevokeKey, key, person);
};

struct SetPlan {
  static constexpr CommandType kCommand{"plan.set", mode::Mode::stop};
  using Facts = directory::Facts;
  PersonId person;
  PlanName plan;
  Plan row;
  TALLY_FIELDS(SetPlan, person, plan, row);
};

// A job kind as loaded at start; the same hash again is no event.
struct RegisterJob {
  static constexpr CommandType kCommand{"job.register", mode::Mode::stop};
  using Facts = directory::Facts;
  run::JobKind job;
  TALLY_FIELDS(RegisterJob, job);
};

// A job kind that this start did not load: it takes no new runs until it is registered again.
struct RetireJob {
  static constexpr CommandType kCommand{"job.retire", mode::Mode::stop};
  using Facts = directory::Facts;
  JobName job;
  TALLY_FIELDS(RetireJob, job);
};

using Commands = std::variant<CreateTenant, AddPerson, RemovePerson, CreateKey, ClaimKey,
                              ShowClaimCode, RevokeKey, SetPlan, RegisterJob, RetireJob>;
struct Engine {
  static constexpr EngineType kType{"directory"};
  using Commands = directory::Commands;
};

}  // namespace tally::domain::directory
