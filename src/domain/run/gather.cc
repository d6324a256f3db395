#include <algorithm>

#include "domain/next_id.h"
#include "domain/run/engine.h"

namespace tally::domain::run {

namespace {

mode::Mode mode_of(State const& state, mode::Scope const& scope) {
  mode::Row const* row = state.modes.find(scope);
  return row == nullptr ? mode::Mode::normal : row->mode;
}

// The strictest mode on the run's own scopes (the global one is the permit's business).
mode::Mode mode_on_run(State const& state, RunId run, Row const& row) {
  if (state.modes.size() == 0) return mode::Mode::normal;
  mode::Mode strictest =
      mode_of(state, {.id = row.tenant.value(), .kind = mode::ScopeKind::tenant});
  strictest =
      std::max(strictest, mode_of(state, {.id = row.job.value(), .kind = mode::ScopeKind::job}));
  strictest =
      std::max(strictest, mode_of(state, {.id = to_text(run), .kind = mode::ScopeKind::run}));
  if (row.key) {
    strictest = std::max(strictest,
                         mode_of(state, {.id = to_text(*row.key), .kind = mode::ScopeKind::key}));
  }
  return strictest;
}

RunFacts facts_of(State const& state, std::optional<RunId> run,
                  std::optional<TenantId> const& tenant, Moment const& moment) {
  RunFacts facts;
  facts.lease_expired = moment.lease_expired;
  facts.work_at = state.ledger.work_clock.at(moment.at);
  Row const* row = run ? state.runs.find(*run) : nullptr;
  if (row == nullptr || (tenant && row->tenant != *tenant)) return facts;
  facts.run = run;
  facts.situation = situation_of(*row);
  facts.balances = state.tenants.at(row->tenant).balances;
  mode::Mode const mode = mode_on_run(state, *run, *row);
  if (mode != mode::Mode::normal) facts.halted = mode;
  return facts;
}

RunFacts facts_of(State const& state, Handle const& handle, Moment const& moment) {
  RunId const* run = state.leases.find(handle.lease);
  return facts_of(state, run == nullptr ? std::nullopt : std::optional(*run), handle.tenant,
                  moment);
}

RunFacts with_alarm(State const& state, RunFacts facts) {
  std::int64_t const limit = state.settings.audits_before_safe_mode;
  if (limit == 0 || !facts.situation) return facts;
  TenantId const& tenant = facts.situation->tenant;
  auto const waiting = state.audits.find(tenant);
  bool const reached = (waiting == state.audits.end() ? 0 : waiting->second) + 1 >= limit;
  mode::Scope const scope{.id = tenant.value(), .kind = mode::ScopeKind::tenant};
  if (reached && mode_of(state, scope) == mode::Mode::normal) facts.alarm = state.ledger.work_clock;
  return facts;
}

Terms terms_of(JobKind const& job) {
  return {.attempts_max = job.attempts_max,
          .hash = job.hash,
          .price = job.price,
          .queue_deadline = job.queue_deadline,
          .runner = job.runner,
          .timeout = job.timeout};
}

bool may_execute(State const& state, RunId run) {
  return mode_on_run(state, run, state.runs.at(run)) < mode::Mode::stop;
}

// The oldest run of `tenant` that may be executed.
std::optional<std::pair<std::int64_t, RunId>> oldest(State const& state, Turns const& waiting) {
  for (auto const& entry : waiting)
    if (may_execute(state, entry.second)) return entry;
  return std::nullopt;
}

// The run whose turn it is for one job: the tenant after the last one served, its oldest run.
std::optional<std::pair<std::int64_t, RunId>> next_in_turn(State const& state, JobName const& job,
                                                           std::optional<TenantId> const& only) {
  auto const tenants = state.queue.waiting.find(job);
  if (tenants == state.queue.waiting.end()) return std::nullopt;
  if (only) {
    auto const at = tenants->second.find(*only);
    return at == tenants->second.end() ? std::nullopt : oldest(state, at->second);
  }
  LastServed const* served = state.last_served.find(job);
  auto at =
      served == nullptr ? tenants->second.begin() : tenants->second.upper_bound(served->tenant);
  for (std::size_t turn = 0; turn < tenants->second.size(); ++turn, ++at) {
    if (at == tenants->second.end()) at = tenants->second.begin();
    if (auto found = oldest(state, at->second)) return found;
  }
  return std::nullopt;
}

}  // namespace

SubmitFacts gather(State const& state, Submit const& command, Moment const& moment) {
  SubmitFacts facts;
  facts.balances = state.tenants.at(command.tenant).balances;
  facts.idempotency_expires_at = moment.at + state.settings.idempotency_life;
  if (JobKind const* job = state.jobs.find(command.job)) facts.job = terms_of(*job);
  AnsweredKey const* known = state.answered.find(command.idempotency.key);
  if (known != nullptr && known->expires_at > moment.at)
    facts.known = Known{.fingerprint = known->fingerprint, .seq = known->seq};
  facts.next_run = next_run_id(state.ledger);
  if (command.parent) {
    Row const* parent = state.runs.find(*command.parent);
    facts.parent_live =
        parent != nullptr && parent->tenant == command.tenant && !is_final(parent->phase);
  }
  facts.runs_live = state.runs_live;
  facts.runs_live_max = state.settings.runs_live_max;
  facts.work_at = state.ledger.work_clock.at(moment.at);
  return facts;
}

LeaseFacts gather(State const& state, Lease const& command, Moment const&) {
  LeaseFacts facts;
  facts.lease_period = state.settings.lease;
  facts.next_lease = next_lease_id(state.ledger);
  std::optional<std::pair<std::int64_t, RunId>> chosen;
  for (JobName const& job : command.jobs) {
    auto const next = next_in_turn(state, job, command.tenant);
    if (next && (!chosen || *next < *chosen)) chosen = next;
  }
  if (!chosen) return facts;
  Row const& row = state.runs.at(chosen->second);
  facts.candidate = Candidate{.attempt = row.attempt + 1,
                              .fence = row.fence + 1,
                              .run = chosen->second,
                              .tenant = row.tenant};
  return facts;
}

RunFacts gather(State const& state, Start const& command, Moment const& moment) {
  return facts_of(state, command.handle, moment);
}
RunFacts gather(State const& state, Complete const& command, Moment const& moment) {
  return with_alarm(state, facts_of(state, command.handle, moment));
}
RunFacts gather(State const& state, Fail const& command, Moment const& moment) {
  return with_alarm(state, facts_of(state, command.handle, moment));
}
RunFacts gather(State const& state, Cancel const& command, Moment const& moment) {
  return facts_of(state, command.run, command.tenant, moment);
}
RunFacts gather(State const& state, Due const& command, Moment const& moment) {
  return facts_of(state, command.run, std::nullopt, moment);
}
RunFacts gather(State const& state, Reconcile const& command, Moment const& moment) {
  return with_alarm(state, facts_of(state, command.run, std::nullopt, moment));
}
RunFacts gather(State const& state, ProposeResolution const& command, Moment const& moment) {
  RunFacts facts = facts_of(state, command.run, std::nullopt, moment);
  facts.people = people_who_approve(state, command.person);
  facts.quorum = state.settings.quorum;
  facts.next_approval = next_approval_id(state.ledger);
  return facts;
}

}  // namespace tally::domain::run
