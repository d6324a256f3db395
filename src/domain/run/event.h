#pragma once

// What happened to runs. Every amount, deadline and fence is a value here; apply computes nothing.

#include "domain/fields.h"
#include "domain/kinds.h"
#include "domain/refusal.h"
#include "domain/run/command.h"
#include "domain/run/end_events.h"

namespace tally::domain::run {

// Orders are state: what somebody must now do for the run.
enum class Order { execute, reconcile, stop };
constexpr std::array<Order, 3> all_of(Order) {
  return {Order::execute, Order::reconcile, Order::stop};
}
constexpr std::string_view name_of(Order order) {
  constexpr std::array<std::string_view, 3> names{"execute", "reconcile", "stop"};
  return names[static_cast<std::size_t>(order)];
}

// run.submitted: the run, its hold and the order to execute, in one record. Tenant, trace and time
// of the run are the record's own, and so is the idempotency key that it answers. A run of the
// server's own (system_tenant.h) has no key and no input.
struct Submitted {
  static constexpr EventType kEvent{"run.submitted"};
  Hold hold;
  Document input;
  JobName job;
  KeyId key;
  Order order = Order::execute;
  std::optional<RunId> parent;
  Postings postings;
  Instant queue_deadline;
  RunId run;
  Terms terms;  // of the job, with the time limit that was asked for
  TALLY_FIELDS(Submitted, hold, input, job, key, order, parent, postings, queue_deadline, run,
               terms);
};

inline bool has_input(Submitted const& event) { return !event.input.digest.empty(); }

// run.refused: a refusal that consumes its key (402).
struct Refused {
  static constexpr EventType kEvent{"run.refused"};
  std::string code;
  JobName job;
  Shortage shortage;
  TALLY_FIELDS(Refused, code, job, shortage);
};

// run.leased
struct Leased {
  static constexpr EventType kEvent{"run.leased"};
  std::int64_t attempt = 0;
  std::int64_t fence = 0;
  LeaseId lease;
  Duration lease_period;
  RunId run;
  std::string worker;
  TALLY_FIELDS(Leased, attempt, fence, lease, lease_period, run, worker);
};

// run.started: from here on the world may have been touched. Both instants are on the work clock.
struct Started {
  static constexpr EventType kEvent{"run.started"};
  std::optional<Instant> cost_limit_at;  // when the hold is used up; none: the price has no rate
  std::int64_t fence = 0;
  RunId run;
  Instant run_ends_at;  // when the time limit of the attempt is reached
  TALLY_FIELDS(Started, cost_limit_at, fence, run, run_ends_at);
};

// run.requeued: back to the queue; `attempt` is what counts as used so far. With `not_before` (work
// clock) a lease was given back before its start: the run rests until then, and its queue deadline
// is the one that it had.
struct Requeued {
  static constexpr EventType kEvent{"run.requeued"};
  std::int64_t attempt = 0;
  Micros cost_so_far;
  std::string detail;
  bool lost = false;  // the lease ended under work that had begun, and without a report
  std::optional<Instant> not_before;
  Order order = Order::execute;
  Instant queue_deadline;
  std::string reason;
  std::int64_t returns = 0;  // leases given back before their start, in all
  RunId run;
  std::optional<Document> stderr_tail;  // of the attempt that failed
  TALLY_FIELDS(Requeued, attempt, cost_so_far, detail, lost, not_before, order, queue_deadline,
               reason, returns, run, stderr_tail);
};

// run.reconciling: the worker went silent after it started; somebody must look for its receipt.
struct Reconciling {
  static constexpr EventType kEvent{"run.reconciling"};
  std::int64_t fence = 0;
  Order order = Order::reconcile;
  std::string reason;
  RunId run;
  TALLY_FIELDS(Reconciling, fence, order, reason, run);
};

// run.cancel_requested: the worker learns it at its next heartbeat.
struct CancelRequested {
  static constexpr EventType kEvent{"run.cancel_requested"};
  Order order = Order::stop;
  RunId run;
  TALLY_FIELDS(CancelRequested, order, run);
};

// run.stop_requested: a mode that lets nothing execute came while it ran; the worker learns it at
// once or at its next heartbeat. It is not tried again.
struct StopRequested {
  static constexpr EventType kEvent{"run.stop_requested"};
  Order order = Order::stop;
  RunId run;
  TALLY_FIELDS(StopRequested, order, run);
};

using Events = std::variant<Submitted, Refused, Leased, Started, Requeued, Reconciling,
                            CancelRequested, StopRequested, Settled, AuditRequired, Unaccounted>;

}  // namespace tally::domain::run
