#include "domain/mode/decide.h"
#include "domain/next_id.h"
#include "domain/run/decide.h"
#include "domain/run/limits.h"
#include "domain/system_tenant.h"
#include "domain/who_counts.h"

namespace tally::domain::run {

namespace {

// The strictest mode on the run's own scopes (the global one is the permit's business).
std::optional<mode::Standstill> standstill_of(State const& state, RunId run, Row const& row) {
  std::optional<mode::Standstill> strictest;
  if (state.modes.size() == 0) return strictest;
  using Kind = mode::ScopeKind;
  mode::raise(state, {.id = row.tenant.value(), .kind = Kind::tenant}, strictest);
  mode::raise(state, {.id = row.job.value(), .kind = Kind::job}, strictest);
  mode::raise(state, {.id = to_text(run), .kind = Kind::run}, strictest);
  if (row.key) mode::raise(state, {.id = to_text(*row.key), .kind = Kind::key}, strictest);
  return strictest;
}

std::optional<OverrunTerms> overrun_terms(State const& state, TenantId const& tenant,
                                          PlanName const& name) {
  directory::Plan const& plan = state.plans.at(name);
  bool const plain = plan.overrun == OverrunRule::count && !plan.overrun_believed_max;
  if (plain) return std::nullopt;
  OverrunTerms terms{.alarm = {}, .believed_max = plan.overrun_believed_max, .rule = plan.overrun};
  mode::Scope const scope{.id = tenant.value(), .kind = mode::ScopeKind::tenant};
  if (plan.overrun == OverrunRule::safe_mode && state.modes.find(scope) == nullptr)
    terms.alarm = state.ledger.work_clock;
  return terms;
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
  directory::Tenant const& owner = state.tenants.at(row->tenant);
  facts.balances = owner.balances;
  facts.overrun = overrun_terms(state, row->tenant, owner.plan);
  facts.halted = standstill_of(state, *run, *row);
  return facts;
}

RunFacts facts_of(State const& state, Handle const& handle, Moment const& moment) {
  RunId const* run = state.leases.find(handle.lease);
  RunFacts facts =
      facts_of(state, run == nullptr ? std::nullopt : std::optional(*run), handle.tenant, moment);
  if (!facts.run) return facts;
  Row const& row = state.runs.at(*facts.run);
  LostLease const reporter{.fence = handle.fence, .lease = handle.lease};
  if (std::ranges::find(row.lost, reporter) != row.lost.end()) facts.unaccounted = row.unaccounted;
  return facts;
}

RunFacts with_alarm(State const& state, RunFacts facts) {
  std::int64_t const limit = state.settings.of(setting::kAuditsBeforeSafeMode);
  if (limit == 0 || !facts.situation) return facts;
  TenantId const& tenant = facts.situation->tenant;
  auto const waiting = state.audits.find(tenant);
  bool const reached = (waiting == state.audits.end() ? 0 : waiting->second) + 1 >= limit;
  mode::Scope const scope{.id = tenant.value(), .kind = mode::ScopeKind::tenant};
  if (reached && state.modes.find(scope) == nullptr) facts.alarm = state.ledger.work_clock;
  return facts;
}

bool may_execute(State const& state, RunId run) {
  auto const standstill = standstill_of(state, run, state.runs.at(run));
  return !standstill || standstill->mode < mode::Mode::stop;
}

using Turn = std::pair<std::int64_t, RunId>;

// Of one tenant the oldest run that may be executed, or the one whose rest is over for longest,
// whichever was submitted before the other.
std::optional<Turn> oldest(State const& state, Waiting const& waiting, Instant work_at) {
  std::optional<Turn> found;
  for (auto const& entry : waiting.ready) {
    if (!may_execute(state, entry.second)) continue;
    found = entry;
    break;
  }
  for (auto const& [not_before, run] : waiting.resting) {
    if (not_before > work_at) break;
    if (!may_execute(state, run)) continue;
    Turn const rested{state.runs.at(run).submit_seq, run};
    return found ? std::min(*found, rested) : rested;
  }
  return found;
}

// The run whose turn it is for one job: the tenant after the last one served, its oldest run.
std::optional<Turn> next_in_turn(State const& state, JobName const& job,
                                 std::optional<TenantId> const& only, Instant work_at) {
  auto const tenants = state.queue.waiting.find(job);
  if (tenants == state.queue.waiting.end()) return std::nullopt;
  if (only) {
    auto const at = tenants->second.find(*only);
    return at == tenants->second.end() ? std::nullopt : oldest(state, at->second, work_at);
  }
  LastServed const* served = state.last_served.find(job);
  auto at =
      served == nullptr ? tenants->second.begin() : tenants->second.upper_bound(served->tenant);
  for (std::size_t turn = 0; turn < tenants->second.size(); ++turn, ++at) {
    if (at == tenants->second.end()) at = tenants->second.begin();
    if (auto found = oldest(state, at->second, work_at)) return found;
  }
  return std::nullopt;
}

}  // namespace

Terms terms_of(JobKind const& job) {
  return {.attempts_max = job.attempts_max,
          .hash = job.hash,
          .price = job.price,
          .queue_deadline = job.queue_deadline,
          .runner = job.runner,
          .timeout = job.timeout};
}

mode::Mode mode_in_force(State const& state, RunId run, Row const& row) {
  auto strictest = standstill_of(state, run, row);
  if (!is_system(row.tenant)) mode::raise(state, {}, strictest);
  return strictest ? strictest->mode : mode::Mode::normal;
}

SubmitFacts gather(State const& state, Submit const& command, Moment const& moment) {
  SubmitFacts facts;
  facts.balances = state.tenants.at(command.tenant).balances;
  JobKind const* job = state.jobs.find(command.job);
  if (job != nullptr && !job->retired && !is_system(command.job)) facts.job = terms_of(*job);
  facts.next_run = next_run_id(state.ledger);
  if (command.parent) {
    Row const* parent = state.runs.find(*command.parent);
    facts.parent_live =
        parent != nullptr && parent->tenant == command.tenant && !is_final(parent->phase);
  }
  facts.runs_live = state.runs_live;
  facts.runs_live_max = state.settings.of(setting::kRunsLiveMax);
  facts.work_at = state.ledger.work_clock.at(moment.at);
  return facts;
}

LeaseFacts gather(State const& state, Lease const& command, Moment const& moment) {
  LeaseFacts facts;
  facts.lease_period = state.settings.period(setting::kLease);
  facts.next_lease = next_lease_id(state.ledger);
  Instant const work_at = state.ledger.work_clock.at(moment.at);
  std::optional<Turn> chosen;
  for (JobName const& job : command.jobs) {
    auto const next = next_in_turn(state, job, command.tenant, work_at);
    if (next && (!chosen || *next < *chosen)) chosen = next;
  }
  if (!chosen) return facts;
  Row const& row = state.runs.at(chosen->second);
  facts.lease_period = lease_period(row, work_at, state.settings.period(setting::kLease));
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
RunFacts gather(State const& state, Stop const& command, Moment const& moment) {
  RunFacts facts = facts_of(state, command.run, std::nullopt, moment);
  bool const own = facts.situation && is_system(facts.situation->tenant);
  if (!own) mode::raise(state, {}, facts.halted);
  return facts;
}
RunFacts gather(State const& state, Due const& command, Moment const& moment) {
  return facts_of(state, command.run, std::nullopt, moment);
}
RunFacts gather(State const& state, Reconcile const& command, Moment const& moment) {
  return with_alarm(state, facts_of(state, command.run, std::nullopt, moment));
}
RunFacts gather(State const& state, ProposeResolution const& command, Moment const& moment) {
  RunFacts facts = facts_of(state, command.run, std::nullopt, moment);
  facts.approvers = approvers_of(state, run::Commands(command), command.asked_with, moment.at);
  return facts;
}

}  // namespace tally::domain::run
