#include <algorithm>

#include "domain/directory/decide.h"
#include "domain/next_id.h"

namespace tally::domain::directory {

namespace {

Outcome one(DirectoryEvent event, std::optional<TenantId> tenant = std::nullopt) {
  return {.events = {std::move(event)}, .reply = Done{}, .run = {}, .tenant = std::move(tenant)};
}

Outcome nothing() { return {.events = {}, .reply = Done{}, .run = {}, .tenant = {}}; }

Outcome invalid(std::string pointer, std::string detail) {
  return refuse(Refusal{.code = RefusalCode::validation_error,
                        .detail = std::move(detail),
                        .pointer = std::move(pointer),
                        .shortage = {},
                        .retry_after = {}});
}

bool all_known(std::set<std::string> const& words, std::span<std::string_view const> known) {
  return std::ranges::all_of(words, [&](std::string const& word) {
    return std::ranges::find(known, word) != known.end();
  });
}

// For good: a key that expires keeps nobody in for long.
bool administers(Key const& key) {
  return !key.revoked && !key.expires_at && key.scopes.contains("admin");
}

constexpr std::array<std::string_view, 4> kRoles{"admin", "approver", "operator", "viewer"};

}  // namespace

Facts gather(State const& state, CreateTenant const& command, Moment const&) {
  Facts facts;
  facts.exists = state.tenants.find(command.tenant) != nullptr;
  facts.plan_known = state.plans.find(command.plan) != nullptr;
  return facts;
}

Facts gather(State const& state, AddPerson const& command, Moment const&) {
  Facts facts;
  facts.exists = state.people.find(command.subject) != nullptr;
  return facts;
}

Facts gather(State const& state, CreateKey const& command, Moment const&) {
  Facts facts;
  facts.next_key = next_key_id(state.ledger);
  facts.owner_known = state.people.find(command.owner) != nullptr;
  facts.tenant_known = state.tenants.find(command.tenant) != nullptr;
  return facts;
}

Facts gather(State const& state, RevokeKey const& command, Moment const&) {
  Facts facts;
  if (Key const* key = state.keys.find(command.key)) facts.key = *key;
  if (!facts.key || !administers(*facts.key)) return facts;
  facts.last_admin = true;
  state.keys.each([&](KeyId other, Key const& key) {
    if (other != command.key && administers(key)) facts.last_admin = false;
  });
  return facts;
}

Facts gather(State const& state, SetPlan const& command, Moment const&) {
  Facts facts;
  Plan const* plan = state.plans.find(command.plan);
  facts.same = plan != nullptr && *plan == command.row;
  return facts;
}

Facts gather(State const& state, RegisterJob const& command, Moment const&) {
  Facts facts;
  run::JobKind const* job = state.jobs.find(command.job.name);
  facts.same = job != nullptr && *job == command.job;
  return facts;
}

Outcome decide(Instant, CreateTenant const& command, Facts const& facts) {
  if (!is_name(command.tenant.value()))
    return invalid("/tenant", "a tenant's name has 1 to 64 of a-z, 0-9, '-', '_', '.'");
  if (facts.exists) return refuse(RefusalCode::conflict, "a tenant of this name exists");
  if (!facts.plan_known) return invalid("/plan", "no such plan");
  Tenant row;
  row.plan = command.plan;
  return one(TenantCreated{.person = command.person, .row = row, .tenant = command.tenant},
             command.tenant);
}

Outcome decide(Instant at, AddPerson const& command, Facts const& facts) {
  if (!is_name(command.subject.value()))
    return invalid("/person", "a person's id has 1 to 64 of a-z, 0-9, '-', '_', '.'");
  if (facts.exists) return refuse(RefusalCode::conflict, "a person of this id exists");
  if (!all_known(command.roles, kRoles))
    return invalid("/roles", "roles are admin, approver, operator, viewer");
  return one(PersonAdded{.person = command.subject,
                         .row = {.added_at = at,
                                 .added_by = command.person,
                                 .name = command.name,
                                 .roles = command.roles}});
}

Outcome decide(Instant at, CreateKey const& command, Facts const& facts) {
  if (!facts.tenant_known) return refuse(RefusalCode::not_found, "no such tenant");
  if (!facts.owner_known) return invalid("/person", "a key belongs to a registered person");
  if (command.scopes.empty() || !all_known(command.scopes, kKeyScopes))
    return invalid("/scopes",
                   "scopes are admin, budget:read, evidence:read, metrics:read, ops:read, "
                   "runs:read, runs:write, work; at least one");
  if (command.expires_at && *command.expires_at <= at)
    return invalid("/expires_at", "a key that expired already opens nothing");
  return one(KeyCreated{.key = facts.next_key,
                        .person = command.person,
                        .row = {.expires_at = command.expires_at,
                                .person = command.owner,
                                .revoked = false,
                                .scopes = command.scopes,
                                .secret_sha256 = command.secret_sha256,
                                .tenant = command.tenant}},
             command.tenant);
}

Outcome decide(Instant, RevokeKey const& command, Facts const& facts) {
  if (!facts.key) return refuse(RefusalCode::not_found, "no such key");
  if (facts.key->revoked) return nothing();
  if (facts.last_admin)
    return refuse(RefusalCode::conflict,
                  "this is the last key that may administer the server and does not expire: create "
                  "another first");
  return one(KeyRevoked{.key = command.key, .person = command.person}, facts.key->tenant);
}

Outcome decide(Instant, SetPlan const& command, Facts const& facts) {
  if (!is_name(command.plan.value()))
    return invalid("/plan", "a plan's name has 1 to 64 of a-z, 0-9, '-', '_', '.'");
  if (command.row.rate &&
      (command.row.rate->requests < 0 || command.row.rate->window.value() < 1'000'000))
    return invalid("/rate", "a rate is 0 or more requests in a window of at least a second");
  if (facts.same) return nothing();
  return one(PlanSet{.person = command.person, .plan = command.plan, .row = command.row});
}

Outcome decide(Instant, RegisterJob const& command, Facts const& facts) {
  if (facts.same) return nothing();
  return one(JobRegistered{.job = command.job});
}

void apply(State& state, Header const&, TenantCreated const& event) {
  state.tenants.put(event.tenant, event.row);
}
void apply(State& state, Header const&, PersonAdded const& event) {
  state.people.put(event.person, event.row);
}
void apply(State& state, Header const&, KeyCreated const& event) {
  state.keys.put(event.key, event.row);
  ++state.ledger.keys;
}
void apply(State& state, Header const&, KeyRevoked const& event) {
  state.keys.edit(event.key).revoked = true;
}
void apply(State& state, Header const&, PlanSet const& event) {
  state.plans.put(event.plan, event.row);
}
void apply(State& state, Header const&, JobRegistered const& event) {
  state.jobs.put(event.job.name, event.job);
}

}  // namespace tally::domain::directory
