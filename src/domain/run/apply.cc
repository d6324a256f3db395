#include "domain/run/engine.h"

namespace tally::domain::run {

namespace {

void wait(State& state, RunId run, Row const& row) {
  state.queue.waiting[row.job][row.tenant].emplace(row.submit_seq, run);
  ++state.queue.depth;
  state.deadlines.queue.emplace(row.queue_deadline, run);
}

void stop_waiting(State& state, RunId run, Row const& row) {
  auto job = state.queue.waiting.find(row.job);
  auto tenant = job->second.find(row.tenant);
  tenant->second.erase({row.submit_seq, run});
  if (tenant->second.empty()) job->second.erase(tenant);
  if (job->second.empty()) state.queue.waiting.erase(job);
  --state.queue.depth;
  state.deadlines.queue.erase({row.queue_deadline, run});
}

void drop_lease(State& state, Row& row) {
  if (row.lease) state.leases.erase(*row.lease);
  row.lease.reset();
}

void set_phase(State& state, Row& row, Phase phase) {
  --state.phases[static_cast<std::size_t>(row.phase)];
  row.phase = phase;
  ++state.phases[static_cast<std::size_t>(row.phase)];
}

void remember_answer(State& state, Header const& header, IdempotencyKey const& key,
                     Instant expires_at) {
  // The same key may come again after its life ended and before the archive took it away.
  if (AnsweredKey const* old = state.answered.find(key.key))
    state.key_ends.erase({old->expires_at, key.key});
  state.answered.put(key.key,
                     {.expires_at = expires_at, .fingerprint = key.fingerprint, .seq = header.seq});
  state.key_ends.emplace(expires_at, key.key);
}

}  // namespace

void apply(State& state, Header const& header, Submitted const& event) {
  remember_answer(state, header, event.idempotency, event.idempotency_expires_at);
  Row row = event.row;
  row.submit_seq = header.seq;
  if (header.correlation) row.correlation = to_text(*header.correlation);
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

void apply(State& state, Header const&, Leased const& event) {
  Row& row = state.runs.edit(event.run);
  stop_waiting(state, event.run, row);
  state.queue.last_served[row.job] = row.tenant;
  set_phase(state, row, Phase::leased);
  row.attempt = event.attempt;
  row.fence = event.fence;
  row.lease = event.lease;
  row.reason = "leased";
  state.leases[event.lease] = event.run;
  ++state.ledger.leases;
}

void apply(State& state, Header const& header, Started const& event) {
  Row& row = state.runs.edit(event.run);
  set_phase(state, row, Phase::running);
  row.started_at = header.at;
  row.reason = "started";
}

void apply(State& state, Header const&, Requeued const& event) {
  Row& row = state.runs.edit(event.run);
  drop_lease(state, row);
  set_phase(state, row, Phase::queued);
  row.attempt = event.attempt;
  row.cost_so_far = event.cost_so_far;
  row.queue_deadline = event.queue_deadline;
  row.reason = event.reason;
  wait(state, event.run, row);
}

void apply(State& state, Header const&, Reconciling const& event) {
  Row& row = state.runs.edit(event.run);
  drop_lease(state, row);
  set_phase(state, row, Phase::reconciling);
  row.reason = event.reason;
}

void apply(State& state, Header const&, CancelRequested const& event) {
  state.runs.edit(event.run).cancel_requested = true;
}

void apply(State& state, Header const& header, Settled const& event) {
  Row& row = state.runs.edit(event.run);
  if (row.phase == Phase::queued) stop_waiting(state, event.run, row);
  TALLY_CHECK(!is_final(row.phase), "a run ends once");
  set_phase(state, row, event.phase);
  row.charge = event.charge;
  row.error_code = event.error_code;
  row.error_detail = event.error_detail;
  row.finished_at = header.at;
  row.reason = event.reason;
  row.sandbox = event.sandbox;
  if (event.result) {
    row.result = event.result;
    row.result_seq = header.seq;
  }
  directory::Tenant& tenant = state.tenants.edit(row.tenant);
  apply_postings(tenant.balances, event.postings);
  tenant.holds_live = tenant.holds_live - row.hold.amount;
  --tenant.runs_live;
  --state.runs_live;
  state.finished.emplace(header.at, event.run);
}

void apply(State& state, Header const& header, AuditRequired const& event) {
  Row& row = state.runs.edit(event.run);
  drop_lease(state, row);
  set_phase(state, row, Phase::audit_required);
  row.reason = event.reason;
  if (event.result) {
    row.result = event.result;
    row.result_seq = header.seq;
  }
}

void forget(State& state, RunId run) {
  Row const& row = state.runs.at(run);
  --state.phases[static_cast<std::size_t>(row.phase)];
  if (row.lease) state.leases.erase(*row.lease);
  state.runs.erase(run);
}

}  // namespace tally::domain::run
