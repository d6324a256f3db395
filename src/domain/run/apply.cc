#include <algorithm>

#include "domain/run/decide.h"
#include "domain/run/history.h"
#include "domain/run/limits.h"

namespace tally::domain::run {

namespace {

// What comes last in its order most of the time is put there without a search.
template <class Set, class... Parts>
void put_last(Set& set, Parts&&... parts) {
  set.emplace_hint(set.end(), std::forward<Parts>(parts)...);
}

void wait(State& state, RunId run, Row const& row) {
  Waiting& waiting = state.queue.waiting[row.job][row.tenant];
  if (row.not_before) {
    waiting.resting.emplace(*row.not_before, run);
    state.queue.rests.emplace(*row.not_before, run);
  } else {
    put_last(waiting.ready, row.submit_seq, run);
  }
  ++state.queue.depth;
  state.deadlines.set(queue_due(run), row.queue_deadline);
}

void stop_waiting(State& state, RunId run, Row const& row) {
  TALLY_CHECK(row.phase == Phase::queued, "only a run that is queued waits");
  auto job = state.queue.waiting.find(row.job);
  auto tenant = job->second.find(row.tenant);
  if (row.not_before) {
    tenant->second.resting.erase(std::pair(*row.not_before, run));
    state.queue.rests.erase(std::pair(*row.not_before, run));
  } else {
    tenant->second.ready.erase(std::pair(row.submit_seq, run));
  }
  if (tenant->second.empty()) job->second.erase(tenant);
  if (job->second.empty()) state.queue.waiting.erase(job);
  --state.queue.depth;
  state.deadlines.clear(queue_due(run), row.queue_deadline);
}

// A run that goes on has one limit, the sooner of two.
std::optional<Instant> limit_in_force(Row const& row) {
  if (row.phase != Phase::running) return std::nullopt;
  return limit_of(row.run_ends_at, row.cost_limit_at);
}

void count_audit(State& state, TenantId const& tenant, std::int64_t by) {
  auto const at = state.audits.try_emplace(tenant).first;
  at->second += by;
  if (at->second == 0) state.audits.erase(at);
}

bool names(Row const& row, LeaseId lease) {
  return row.lease == lease ||
         std::ranges::any_of(row.lost, [&](LostLease const& one) { return one.lease == lease; });
}

// Applies an event to its row, keeping up the tables derived from it.
template <class E>
void advance_row(State& state, Header const& header, E const& event, Row& row) {
  std::optional<LeaseId> const lease = row.lease;
  std::vector<LostLease> const lost = row.lost;
  Phase const before = row.phase;
  if (auto const limit = limit_in_force(row)) state.deadlines.clear(limit_due(event.run), *limit);
  advance(row, header, event);
  if (auto const limit = limit_in_force(row)) state.deadlines.set(limit_due(event.run), *limit);
  --state.phases[static_cast<std::size_t>(before)];
  ++state.phases[static_cast<std::size_t>(row.phase)];
  if (before == Phase::audit_required) count_audit(state, row.tenant, -1);
  if (row.phase == Phase::audit_required) count_audit(state, row.tenant, +1);
  if (lease && !names(row, *lease)) state.leases.erase(*lease);
  for (LostLease const& one : lost)
    if (!names(row, one.lease)) state.leases.erase(one.lease);
}
template <class E>
Row& advance_row(State& state, Header const& header, E const& event) {
  Row& row = state.runs.edit(event.run);
  advance_row(state, header, event, row);
  return row;
}

}  // namespace

void apply(State& state, Header const& header, Submitted const& event) {
  Row row = begin(header, event);
  directory::Tenant& tenant = state.tenants.edit(row.tenant);
  apply_postings(tenant.balances, event.postings);
  tenant.holds_live = tenant.holds_live + row.hold.amount;
  ++tenant.runs_live;
  ++state.runs_live;
  ++state.ledger.runs;
  ++state.phases[static_cast<std::size_t>(row.phase)];
  wait(state, event.run, row);
  state.runs.put(event.run, std::move(row));
}

void apply(State&, Header const&, Refused const&) {}

void apply(State& state, Header const& header, Leased const& event) {
  Row& row = state.runs.edit(event.run);
  stop_waiting(state, event.run, row);
  advance_row(state, header, event, row);
  state.last_served.put(row.job, {row.tenant});
  state.leases.put(event.lease, event.run);
  ++state.ledger.leases;
}

void apply(State& state, Header const& header, Started const& event) {
  advance_row(state, header, event);
}

void apply(State& state, Header const& header, Requeued const& event) {
  wait(state, event.run, advance_row(state, header, event));
}

void apply(State& state, Header const& header, Reconciling const& event) {
  advance_row(state, header, event);
}

void apply(State& state, Header const& header, CancelRequested const& event) {
  advance_row(state, header, event);
}

void apply(State& state, Header const& header, StopRequested const& event) {
  advance_row(state, header, event);
}

void apply(State& state, Header const& header, Settled const& event) {
  Row& row = state.runs.edit(event.run);
  TALLY_CHECK(!is_final(row.phase), "a run ends once");
  if (row.phase == Phase::queued) stop_waiting(state, event.run, row);
  advance_row(state, header, event, row);
  directory::Tenant& tenant = state.tenants.edit(row.tenant);
  apply_postings(tenant.balances, event.postings);
  tenant.holds_live = tenant.holds_live - row.hold.amount;
  --tenant.runs_live;
  --state.runs_live;
  put_last(state.finished, header.at, event.run);
}

void apply(State& state, Header const& header, AuditRequired const& event) {
  advance_row(state, header, event);
}

void apply(State& state, Header const& header, Unaccounted const& event) {
  advance_row(state, header, event);
}

void forget(State& state, RunId run) {
  Row const* row = state.runs.erase(run);
  TALLY_CHECK(row != nullptr, "a run is forgotten once");
  --state.phases[static_cast<std::size_t>(row->phase)];
  if (row->lease) state.leases.erase(*row->lease);
  for (LostLease const& lost : row->lost) state.leases.erase(lost.lease);
}

}  // namespace tally::domain::run
