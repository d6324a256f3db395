// What the bookkeeper knows of the bounds of an execution, and of what it truly came to.

#include <fmt/format.h>

#include "domain/system_tenant.h"
#include "sim/ledger_model.h"

namespace tally::sim {

using domain::run::Phase;

// A lease that could not be used comes back a bounded number of times, later each time, and gains
// the run no time in the queue.
void LedgerModel::check_return(RunStory const& run, domain::run::Requeued const& event) {
  bool const returned = run.phase == Phase::leased;
  bool const of_system = domain::is_system(run.tenant);  // whose runs rest never
  require(event.not_before.has_value() == (returned && !of_system),
          "what rests was given back before its start");
  require(event.returns == run.returns + (returned ? 1 : 0), "every return is counted");
  require(event.returns < domain::run::kReturnsMax,
          "leases are given back a bounded number of times");
  if (!returned) return;
  require(event.queue_deadline == run.queue_deadline, "a return leaves the queue deadline alone");
  require(of_system || *event.not_before > work_at(header().at), "a run rests after a return");
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

// What the work really came to is known here, and only here.
void LedgerModel::check_truth(RunStory const& run, domain::run::Settled const& event) {
  if (event.error_code == "worker_lost") check_proof_was_read(run, event.run, "failed");
  if (event.phase != Phase::succeeded || event.reason == "audit_resolved") return;
  if (domain::is_system(run.tenant))
    return require(event.charge.cost == Micros(0), "what the system does costs nothing");
  auto const at = executions_.find({event.run, static_cast<std::uint64_t>(run.fence)});
  if (at == executions_.end()) return require(false, "what succeeded was executed");
  Execution const& truth = at->second;
  require(truth.succeeded, "only what went well succeeds");
  Micros cost = truth.reported.value_or(Micros(0));
  if (run.job.value() == "fixed") {
    std::int64_t const scaled = 7'001 * truth.elapsed.value();
    cost = Micros(1'000 + scaled / 1'000'000 + (scaled % 1'000'000 != 0 ? 1 : 0));
  }
  require(event.charge.cost == run.cost_so_far + cost, "a run costs what its executions cost");
  require(run.job.value() != "fixed" || event.charge.overrun == Micros(0),
          "time alone never costs more than its hold");
  require(
      event.result && event.result->bytes == static_cast<std::int64_t>(truth.result_json.size()),
      "the result is the execution's");
}

// A receipt that was promised to be durable and is whole must not be overlooked.
void LedgerModel::check_proof_was_read(RunStory const& run, RunId id, std::string_view outcome) {
  SimReceipts::Key const key{id, static_cast<std::uint64_t>(run.fence)};
  require(!receipts_.stands(key), fmt::format("a run whose receipt stands {}", outcome));
}

}  // namespace tally::sim
