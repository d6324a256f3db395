#pragma once

// A run and its life:
//
//                    submit                 lease              start
//     (nothing) ───────────────► queued ───────────► leased ───────────► running
//                                 │  ▲  after a rest   │ expired or        │ │ │
//              queue deadline,    │  └─────────────────┘ returned          │ │ │ lease expired
//              cancel             ▼                                        │ │ ▼
//                             expired, cancelled ◄── cancel ───────────────┘ │ reconciling
//                                                                 receipt    │ │   │   │
//     succeeded, failed ◄────────────────────────────────────────────────────┘ │   │   │ receipt
//             ▲  ▲                  receipt found, or none and no retry left   │   │   │ damaged
//             │  └─────────────────────────────────────────────────────────────┘   │   ▼
//             │                                         retry: queued ◄────────────┘ audit_required
//             └────────── resolved by two people ──────────────────────────────────────┘
//
// A lease that was given back, or ran out, before its start (limits.h) may come to that so often
// and no more: then the run has failed.
//
// Phase is the only stored state; status and money state are read off it, so no illegal triple can
// be written down.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/closed_words.h"
#include "base/digest.h"
#include "base/ids.h"
#include "base/time.h"
#include "domain/document.h"
#include "domain/fields.h"
#include "domain/run/hold.h"
#include "domain/run/job_kind.h"

namespace tally::domain::run {

enum class Phase {
  queued,
  leased,
  running,
  reconciling,
  audit_required,
  succeeded,
  failed,
  expired,
  cancelled
};
inline constexpr std::size_t kPhases = 9;
constexpr std::array<Phase, kPhases> all_of(Phase) {
  using enum Phase;
  return {queued,    leased, running, reconciling, audit_required,
          succeeded, failed, expired, cancelled};
}
constexpr std::string_view name_of(Phase phase) {
  constexpr std::array<std::string_view, kPhases> names{
      "queued",    "leased", "running", "reconciling", "audit_required",
      "succeeded", "failed", "expired", "cancelled"};
  return names[static_cast<std::size_t>(phase)];
}
constexpr bool is_final(Phase phase) { return phase >= Phase::succeeded; }
// What callers see: no phase that is only ours.
constexpr RunStatus seen_as(Phase phase) {
  switch (phase) {
    case Phase::queued:
    case Phase::leased:
      return RunStatus::queued;
    case Phase::running:
    case Phase::reconciling:
      return RunStatus::running;
    case Phase::audit_required:
      return RunStatus::audit_required;
    case Phase::succeeded:
      return RunStatus::succeeded;
    case Phase::failed:
      return RunStatus::failed;
    case Phase::expired:
      return RunStatus::expired;
    case Phase::cancelled:
      return RunStatus::cancelled;
  }
  return RunStatus::audit_required;
}
constexpr std::string_view status_of(Phase phase) { return name_of(seen_as(phase)); }
// The hold is there until the run is final; then it is settled, once.
constexpr bool is_held(Phase phase) { return !is_final(phase); }

// A row of the run table. Instants of deadlines are on the work clock.
struct Row {
  std::int64_t attempt = 0;  // of the current or last lease; 0 before the first
  std::int64_t attempts_max = 1;
  bool cancel_requested = false;
  std::optional<Charge> charge;
  std::optional<Micros> claimed;  // what it is said to have cost, where nobody believes it
  std::optional<CorrelationId> correlation;
  std::optional<Instant> cost_limit_at;  // when it uses up its hold; none: no rate, or not started
  bool cost_rounded_up = false;
  Micros cost_so_far;  // reported by earlier attempts; settled with the last
  Instant created_at;
  std::string error_code;
  std::string error_detail;
  std::int64_t fence = 0;
  std::optional<Instant> finished_at;
  Hold hold;
  JobName job;
  ContentRef job_hash;
  std::optional<KeyId> key;  // that submitted it
  std::optional<LeaseId> lease;
  std::vector<LostLease> lost;
  std::optional<Instant> not_before;  // it rests until then after a lease that was given back
  std::optional<RunId> parent;
  Phase phase = Phase::queued;
  Price price;
  Instant queue_deadline;
  Duration queue_wait;  // from its submit, and from each retry, to that deadline
  Instant queued_at;    // the last time
  std::string reason;   // of the last change, e.g. "completed", "lease_expired"
  std::optional<Document> result;
  std::int64_t result_seq = 0;         // event whose frame holds the result
  std::string return_reason;           // why a lease was given back the last time
  std::int64_t returns = 0;            // leases given back before their start, in all
  std::optional<Instant> run_ends_at;  // of the attempt that runs: start and time limit
  Runner runner = Runner::command;
  std::string sandbox;
  std::optional<Instant> started_at;
  std::int64_t stderr_seq = 0;          // event whose frame holds that tail
  std::optional<Document> stderr_tail;  // what the last attempt that failed said, redacted
  bool stop_requested = false;          // a mode stopped it while it ran
  std::int64_t submit_seq = 0;          // event whose frame holds the input
  TenantId tenant;
  Duration timeout;
  Micros unaccounted;  // reported by lost leases: spent, and in no charge
  TALLY_FIELDS(Row, attempt, attempts_max, cancel_requested, charge, claimed, correlation,
               cost_limit_at, cost_rounded_up, cost_so_far, created_at, error_code, error_detail,
               fence, finished_at, hold, job, job_hash, key, lease, lost, not_before, parent, phase,
               price, queue_deadline, queue_wait, queued_at, reason, result, result_seq,
               return_reason, returns, run_ends_at, runner, sandbox, started_at, stderr_seq,
               stderr_tail, stop_requested, submit_seq, tenant, timeout, unaccounted);
};

}  // namespace tally::domain::run
