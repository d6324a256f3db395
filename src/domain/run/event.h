#pragma once

// What happened to runs. Every amount, deadline and fence is a value here; apply computes nothing.

#include "domain/refusal.h"
#include "domain/run/command.h"

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

// run.submitted: the idempotency outcome, the run, its hold and the order to execute, in one
// record. Tenant, trace and time of the run are the record's own.
struct Submitted {
  Hold hold;
  Instant idempotency_expires_at;
  IdempotencyKey idempotency;
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
    visit("idempotency", self.idempotency);
    visit("idempotency_expires_at", self.idempotency_expires_at);
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
  Instant idempotency_expires_at;
  IdempotencyKey idempotency;
  JobName job;
  Shortage shortage;
  bool operator==(Refused const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("code", self.code);
    visit("idempotency", self.idempotency);
    visit("idempotency_expires_at", self.idempotency_expires_at);
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

// run.started: from here on the world may have been touched.
struct Started {
  std::int64_t fence = 0;
  RunId run;
  bool operator==(Started const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("fence", self.fence);
    visit("run", self.run);
  }
};

// run.requeued: back to the queue; `attempt` is what counts as used so far.
struct Requeued {
  std::int64_t attempt = 0;
  Micros cost_so_far;
  std::string detail;
  Order order = Order::execute;
  Instant queue_deadline;
  std::string reason;
  RunId run;
  bool operator==(Requeued const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("attempt", self.attempt);
    visit("cost_so_far", self.cost_so_far);
    visit("detail", self.detail);
    visit("order", self.order);
    visit("queue_deadline", self.queue_deadline);
    visit("reason", self.reason);
    visit("run", self.run);
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

// run.settled: posts the money and ends the run, in one record.
struct Settled {
  Charge charge;
  std::string error_code;
  std::string error_detail;
  Phase phase = Phase::failed;  // a final one
  Postings postings;
  std::string reason;
  std::optional<Enclosure> result;
  RunId run;
  std::string sandbox;
  bool operator==(Settled const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("charge", self.charge);
    visit("error_code", self.error_code);
    visit("error_detail", self.error_detail);
    visit("phase", self.phase);
    visit("postings", self.postings);
    visit("reason", self.reason);
    visit("result", self.result);
    visit("run", self.run);
    visit("sandbox", self.sandbox);
  }
};

// run.audit_required: nobody may guess what this cost. CRITICAL.
struct AuditRequired {
  std::string reason;
  std::string reconcile_type;  // "no_receipt_audit" and its kin
  std::optional<Enclosure> result;
  RunId run;
  bool operator==(AuditRequired const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("reason", self.reason);
    visit("reconcile_type", self.reconcile_type);
    visit("result", self.result);
    visit("run", self.run);
  }
};

}  // namespace tally::domain::run
