#pragma once

// What happened to runs. Every amount, deadline and fence is a value here; apply computes nothing.

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
// of the run are the record's own, and so is the idempotency key that it answers.
struct Submitted {
  Hold hold;
  Enclosure input;
  JobName job;
  KeyId key;
  Order order = Order::execute;
  std::optional<RunId> parent;
  Postings postings;
  Instant queue_deadline;
  RunId run;
  Terms terms;  // of the job, with the time limit that was asked for
  bool operator==(Submitted const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("hold", self.hold);
    visit("input", self.input);
    visit("job", self.job);
    visit("key", self.key);
    visit("order", self.order);
    visit("parent", self.parent);
    visit("postings", self.postings);
    visit("queue_deadline", self.queue_deadline);
    visit("run", self.run);
    visit("terms", self.terms);
  }
};

// run.refused: a refusal that consumes its key (402).
struct Refused {
  std::string code;
  JobName job;
  Shortage shortage;
  bool operator==(Refused const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("code", self.code);
    visit("job", self.job);
    visit("shortage", self.shortage);
  }
};

// run.leased
struct Leased {
  std::int64_t attempt = 0;
  std::int64_t fence = 0;
  LeaseId lease;
  Duration lease_period;
  RunId run;
  std::string worker;
  bool operator==(Leased const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("attempt", self.attempt);
    visit("fence", self.fence);
    visit("lease", self.lease);
    visit("lease_period", self.lease_period);
    visit("run", self.run);
    visit("worker", self.worker);
  }
};

// run.started: from here on the world may have been touched. Both instants are on the work clock.
struct Started {
  std::optional<Instant> cost_limit_at;  // when the hold is used up; none: the price has no rate
  std::int64_t fence = 0;
  RunId run;
  Instant run_ends_at;  // when the time limit of the attempt is reached
  bool operator==(Started const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("cost_limit_at", self.cost_limit_at);
    visit("fence", self.fence);
    visit("run", self.run);
    visit("run_ends_at", self.run_ends_at);
  }
};

// run.requeued: back to the queue; `attempt` is what counts as used so far. With `not_before` (work
// clock) a lease was given back before its start: the run rests until then, and its queue deadline
// is the one that it had.
struct Requeued {
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
  std::optional<Enclosure> stderr_tail;  // of the attempt that failed
  bool operator==(Requeued const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("attempt", self.attempt);
    visit("cost_so_far", self.cost_so_far);
    visit("detail", self.detail);
    visit("lost", self.lost);
    visit("not_before", self.not_before);
    visit("order", self.order);
    visit("queue_deadline", self.queue_deadline);
    visit("reason", self.reason);
    visit("returns", self.returns);
    visit("run", self.run);
    visit("stderr_tail", self.stderr_tail);
  }
};

// run.reconciling: the worker went silent after it started; somebody must look for its receipt.
struct Reconciling {
  std::int64_t fence = 0;
  Order order = Order::reconcile;
  std::string reason;
  RunId run;
  bool operator==(Reconciling const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("fence", self.fence);
    visit("order", self.order);
    visit("reason", self.reason);
    visit("run", self.run);
  }
};

// run.cancel_requested: the worker learns it at its next heartbeat.
struct CancelRequested {
  Order order = Order::stop;
  RunId run;
  bool operator==(CancelRequested const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("order", self.order);
    visit("run", self.run);
  }
};

// run.stop_requested: a mode that lets nothing execute came while it ran; the worker learns it at
// once or at its next heartbeat. It is not tried again.
struct StopRequested {
  Order order = Order::stop;
  RunId run;
  bool operator==(StopRequested const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("order", self.order);
    visit("run", self.run);
  }
};

}  // namespace tally::domain::run
