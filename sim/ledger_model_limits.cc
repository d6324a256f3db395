// What the bookkeeper knows of the bounds of an execution.

#include "sim/ledger_model.h"

namespace tally::sim {

using domain::run::Phase;

// A lease that could not be used comes back a bounded number of times, later each time, and gains
// the run no time in the queue.
void LedgerModel::check_return(RunStory const& run, domain::run::Requeued const& event) {
  bool const returned = event.not_before.has_value();
  require(returned == (run.phase == Phase::leased), "what rests was given back before its start");
  require(event.returns == run.returns + (returned ? 1 : 0), "every return is counted");
  require(event.returns < domain::run::kReturnsMax,
          "leases are given back a bounded number of times");
  if (!returned) return;
  require(event.queue_deadline == run.queue_deadline, "a return leaves the queue deadline alone");
  require(*event.not_before > work_at(header().at), "a run rests after a return");
}

// While the server was away, or a mode held the run back, nobody could act on its limit.
void LedgerModel::check_limit(RunStory const& run) {
  constexpr Duration kSlack = seconds(30);  // disks that stand still, and the pace of the retries
  Instant const from = std::max(run.limit.value_or(Instant()), work_at(excused_));
  require(work_at(header().at) <= from + domain::run::kLimitGrace + kSlack,
          "no run outlives its limit and the grace");
}

// Work of the server's own ends with the process that gave its lease, and only then because of it.
void LedgerModel::check_why_silent(RunStory const& run, domain::run::Reconciling const& event) {
  bool const of_a_process_before = run.lease_seq < server_seq_;
  if (event.reason == "lease_expired")
    require(!of_a_process_before, "no worker is blamed for the end of the server");
  if (event.reason == "server_ended")
    require(of_a_process_before, "what ended with the server was begun before its start");
}

}  // namespace tally::sim
