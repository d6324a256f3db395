#include "domain/derive.h"

#include "domain/run/limits.h"

namespace tally::domain {

namespace {

void derive(State& state, RunId id, run::Row const& row) {
  ++state.phases[static_cast<std::size_t>(row.phase)];
  if (!run::is_final(row.phase)) ++state.runs_live;
  if (row.lease) state.leases.put(*row.lease, id);
  for (run::LostLease const& lost : row.lost) state.leases.put(lost.lease, id);
  if (row.phase == run::Phase::audit_required) ++state.audits[row.tenant];
  if (row.finished_at) state.finished.emplace(*row.finished_at, id);
  if (row.phase == run::Phase::running)
    if (auto const limit = run::limit_of(row.run_ends_at, row.cost_limit_at))
      state.deadlines.set(limit_due(id), *limit);
  if (row.phase != run::Phase::queued) return;
  Waiting& waiting = state.queue.waiting[row.job][row.tenant];
  if (row.not_before) {
    waiting.resting.emplace(*row.not_before, id);
    state.queue.rests.emplace(*row.not_before, id);
  } else {
    waiting.ready.emplace(row.submit_seq, id);
  }
  ++state.queue.depth;
  state.deadlines.set(queue_due(id), row.queue_deadline);
}

}  // namespace

void derive(State& state) {
  state.runs.each([&](RunId id, run::Row const& row) { derive(state, id, row); });
  state.approvals.each([&](ApprovalId id, approval::Row const& row) {
    if (id != state.ledger.granted) state.deadlines.set(due(id), row.expires_at);
  });
  state.schedules.each([&](ScheduleName const&, schedule::Row const& row) {
    state.deadlines.set(schedule_due(row.number), row.next);
  });
  state.answered.each([&](Digest const& key, AnsweredKey const& row) {
    state.key_ends.emplace(row.expires_at, key);
  });
}

}  // namespace tally::domain
