#include "domain/derive.h"

namespace tally::domain {

namespace {

void derive(State& state, RunId id, run::Row const& row) {
  ++state.phases[static_cast<std::size_t>(row.phase)];
  if (!run::is_final(row.phase)) ++state.runs_live;
  if (row.lease) state.leases.put(*row.lease, id);
  if (row.phase == run::Phase::audit_required) ++state.audits[row.tenant];
  if (row.finished_at) state.finished.emplace(*row.finished_at, id);
  if (row.phase != run::Phase::queued) return;
  state.queue.waiting[row.job][row.tenant].emplace(row.submit_seq, id);
  ++state.queue.depth;
  state.deadlines.queue.emplace(row.queue_deadline, id);
}

}  // namespace

void derive(State& state) {
  state.runs.each([&](RunId id, run::Row const& row) { derive(state, id, row); });
  state.approvals.each([&](ApprovalId id, approval::Row const& row) {
    state.deadlines.approvals.emplace(row.expires_at, id);
  });
  state.answered.each([&](Digest const& key, AnsweredKey const& row) {
    state.key_ends.emplace(row.expires_at, key);
  });
}

}  // namespace tally::domain
