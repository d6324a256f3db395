#include "domain/run/engine.h"
#include "domain/run/history.h"

namespace tally::domain::run {

namespace {

// What comes last in its order most of the time is put there without a search.
template <class Set, class... Parts>
void put_last(Set& set, Parts&&... parts) {
  set.emplace_hint(set.end(), std::forward<Parts>(parts)...);
}

void wait(State& state, RunId run, Row const& row) {
  put_last(state.queue.waiting[row.job][row.tenant], row.submit_seq, run);
  ++state.queue.depth;
  put_last(state.deadlines.queue, row.queue_deadline, run);
}

void stop_waiting(State& state, RunId run, Row const& row) {
  TALLY_CHECK(row.phase == Phase::queued, "only a run that is queued waits");
  auto job = state.queue.waiting.find(row.job);
  auto tenant = job->second.find(row.tenant);
  tenant->second.erase(std::pair(row.submit_seq, run));
  if (tenant->second.empty()) job->second.erase(tenant);
  if (job->second.empty()) state.queue.waiting.erase(job);
  --state.queue.depth;
  state.deadlines.queue.erase(std::pair(row.queue_deadline, run));
}

void count_audit(State& state, TenantId const& tenant, std::int64_t by) {
  auto const at = state.audits.try_emplace(tenant).first;
  at->second += by;
  if (at->second == 0) state.audits.erase(at);
}

// Applies an event to its row, keeping up the tables derived from it.
template <class E>
void advance_row(State& state, Header const& header, E const& event, Row& row) {
  std::optional<LeaseId> const lease = row.lease;
  Phase const before = row.phase;
  advance(row, header, event);
  --state.phases[static_cast<std::size_t>(before)];
  ++state.phases[static_cast<std::size_t>(row.phase)];
  if (before == Phase::audit_required) count_audit(state, row.tenant, -1);
  if (row.phase == Phase::audit_required) count_audit(state, row.tenant, +1);
  if (lease && lease != row.lease) state.leases.erase(*lease);
}
template <class E>
Row& advance_row(State& state, Header const& header, E const& event) {
  Row& row = state.runs.edit(event.run);
  advance_row(state, header, event, row);
  return row;
}

void remember_answer(State& state, Header const& header, IdempotencyKey const& key,
                     Instant expires_at) {
  auto const old = state.answered.put(
      key.key, {.expires_at = expires_at, .fingerprint = key.fingerprint, .seq = header.seq});
  // The same key may come again after its life ended and before the archive took it away.
  if (old) state.key_ends.erase(std::pair(old->expires_at, key.key));
  put_last(state.key_ends, expires_at, key.key);
}

}  // namespace

void apply(State& state, Header const& header, Submitted const& event) {
  remember_answer(state, header, event.idempotency, event.idempotency_expires_at);
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

void apply(State& state, Header const& header, Refused const& event) {
  remember_answer(state, header, event.idempotency, event.idempotency_expires_at);
}

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

void forget(State& state, RunId run) {
  Row const* row = state.runs.erase(run);
  TALLY_CHECK(row != nullptr, "a run is forgotten once");
  --state.phases[static_cast<std::size_t>(row->phase)];
  if (row->lease) state.leases.erase(*row->lease);
}

}  // namespace tally::domain::run
