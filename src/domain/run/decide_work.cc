#include "domain/run/charge.h"
#include "domain/run/engine.h"
#include "domain/run/reconcile.h"
#include "domain/run/settled.h"

namespace tally::domain::run {

namespace {

Outcome lease_lost() {
  return refuse(RefusalCode::lease_lost,
                "this lease is no longer yours: it expired, was taken back, or the run has ended");
}

// Nothing changes; the answer still says which run it is about.
Outcome done(RunFacts const& facts) {
  std::optional<TenantId> tenant;
  if (facts.situation) tenant = facts.situation->tenant;
  return {.events = {}, .reply = Done{}, .run = facts.run, .tenant = tenant};
}

Outcome one(RunFacts const& facts, RunEvent event) {
  return {.events = {std::move(event)},
          .reply = Done{},
          .run = facts.run,
          .tenant = facts.situation->tenant};
}

bool holds_lease(RunFacts const& facts, Handle const& handle) {
  return facts.situation && facts.situation->lease == handle.lease &&
         facts.situation->fence == handle.fence;
}

// The mode of the run's own scopes; that of everything is the permit's business.
bool held_back(RunFacts const& facts, mode::Mode from) {
  return facts.halted && *facts.halted >= from;
}

Outcome halted() {
  return refuse(RefusalCode::halted, "the mode in force for this run does not permit it");
}

// The same report again, whose answer was lost.
bool has_failed_with(Situation const& run, std::string const& code) {
  if (run.phase == Phase::audit_required) return run.reason == code;
  return (run.phase == Phase::failed || run.phase == Phase::cancelled) && run.error_code == code;
}

bool may_retry(Situation const& run) {
  return !run.cancel_requested && run.attempt < run.attempts_max;
}

Outcome requeue(RunFacts const& facts, std::int64_t attempt, Micros cost_so_far, std::string reason,
                std::string detail) {
  Requeued event;
  event.attempt = attempt;
  event.cost_so_far = cost_so_far;
  event.detail = std::move(detail);
  event.queue_deadline = facts.work_at + facts.situation->queue_wait;
  event.reason = std::move(reason);
  event.run = *facts.run;
  return one(facts, std::move(event));
}

// The alarm takes the tenant to safe mode: what one unclear cost says of its other runs, a person
// has to find out first. Other tenants go on.
Outcome audit(Instant at, RunFacts const& facts, std::string reason, std::string_view type,
              std::optional<Enclosure> result) {
  std::string why = to_text(*facts.run) + " waits for an audit: " + reason;
  AuditRequired event;
  event.reason = std::move(reason);
  event.reconcile_type = type;
  event.result = std::move(result);
  event.run = *facts.run;
  Outcome outcome = one(facts, std::move(event));
  if (!facts.alarm) return outcome;
  mode::Scope const scope{.id = facts.situation->tenant.value(), .kind = mode::ScopeKind::tenant};
  outcome.events.emplace_back(ModeEvent(mode::change(scope, {}, *facts.alarm, mode::Mode::safe,
                                                     std::move(why), PersonId("server"), at)));
  return outcome;
}

// The run succeeded at a cost that its receipt proves.
Outcome succeed(Instant at, RunFacts const& facts, Measured const& measured, Enclosure result,
                std::string reason) {
  auto const cost = cost_of(facts.situation->price, measured);
  if (!cost) return audit(at, facts, "cost_not_reported", "no_cost_audit", std::move(result));
  Settled event =
      settled(facts, Phase::succeeded, facts.situation->cost_so_far + *cost, std::move(reason));
  event.result = std::move(result);
  event.sandbox = measured.sandbox;
  return one(facts, std::move(event));
}

// Faults that are not the work's own: nobody pays for them.
bool is_our_fault(std::string_view code) {
  return code == "sandbox_failed" || code == "killed" || code == "worker_lost" ||
         code == "job_unknown" || code == "receipt_not_durable";
}

Outcome end_in_failure(RunFacts const& facts, std::string code, std::string detail,
                       Measured const& measured) {
  Situation const& run = *facts.situation;
  Micros cost = run.cost_so_far + reported_by(run.price, measured);
  Micros const fee = fee_of(run.price.minimum_fee, run.hold);
  if (cost < fee && !run.cancel_requested && !is_our_fault(code)) cost = fee;
  Phase const phase = run.cancel_requested ? Phase::cancelled : Phase::failed;
  Settled event = settled(facts, phase, cost, run.cancel_requested ? "cancelled" : "failed");
  event.error_code = std::move(code);
  event.error_detail = std::move(detail);
  event.sandbox = measured.sandbox;
  return one(facts, std::move(event));
}

// A started execution is lost without a receipt: no proof of a cost, so none is charged.
Outcome again(RunFacts const& facts, std::string reason) {
  Situation const& run = *facts.situation;
  if (may_retry(run)) return requeue(facts, run.attempt, run.cost_so_far, "worker_lost", reason);
  return end_in_failure(facts, "worker_lost", std::move(reason), {});
}

Outcome lease_ran_out(RunFacts const& facts) {
  Situation const& run = *facts.situation;
  // Not started: nothing happened in the world, the attempt does not count.
  if (run.phase == Phase::leased)
    return requeue(facts, run.attempt - 1, run.cost_so_far, "lease_expired",
                   "the worker did not start");
  if (run.runner != Runner::command)
    return again(facts, "the worker stopped answering and left no receipt");
  Reconciling event;
  event.fence = run.fence;
  event.reason = "lease_expired";
  event.run = *facts.run;
  return one(facts, std::move(event));
}

}  // namespace

Settled settled(RunFacts const& facts, Phase phase, Micros cost, std::string reason) {
  auto [charge, postings] = settle(facts.balances, facts.situation->hold, cost);
  Settled event;
  event.charge = charge;
  event.phase = phase;
  event.postings = std::move(postings);
  event.reason = std::move(reason);
  event.run = *facts.run;
  return event;
}

Outcome decide(Instant, Lease const& command, LeaseFacts const& facts) {
  if (!facts.candidate) return {.events = {}, .reply = NoWork{}, .run = {}, .tenant = {}};
  Leased event;
  event.attempt = facts.candidate->attempt;
  event.fence = facts.candidate->fence;
  event.lease = facts.next_lease;
  event.lease_period = facts.lease_period;
  event.run = facts.candidate->run;
  event.worker = command.worker;
  return {.events = {RunEvent(std::move(event))},
          .reply = Done{},
          .run = facts.candidate->run,
          .tenant = facts.candidate->tenant};
}

Outcome decide(Instant, Start const& command, RunFacts const& facts) {
  if (!holds_lease(facts, command.handle)) return lease_lost();
  if (facts.situation->phase == Phase::running) return done(facts);
  if (facts.situation->phase != Phase::leased) return lease_lost();
  if (held_back(facts, mode::Mode::stop)) return halted();
  Started event;
  event.fence = facts.situation->fence;
  event.run = *facts.run;
  return one(facts, std::move(event));
}

Outcome decide(Instant at, Complete const& command, RunFacts const& facts) {
  if (!holds_lease(facts, command.handle)) return lease_lost();
  Situation const& run = *facts.situation;
  bool const ended = run.phase == Phase::succeeded || run.phase == Phase::audit_required;
  if (ended && run.result_digest == command.result.digest) return done(facts);
  if (run.phase == Phase::leased)
    return refuse(RefusalCode::conflict, "start the work before completing it");
  if (run.phase != Phase::running) return lease_lost();
  if (held_back(facts, mode::Mode::halt)) return halted();
  return succeed(at, facts, command.measured, command.result, "completed");
}

Outcome decide(Instant at, Fail const& command, RunFacts const& facts) {
  if (!holds_lease(facts, command.handle)) return lease_lost();
  Situation const& run = *facts.situation;
  if (has_failed_with(run, command.code)) return done(facts);
  if (run.phase != Phase::leased && run.phase != Phase::running) return lease_lost();
  if (held_back(facts, mode::Mode::halt)) return halted();
  if (run.phase == Phase::leased)
    return requeue(facts, run.attempt - 1, run.cost_so_far, "returned", "the worker gave it back");
  // The work ended well and says nothing of its cost: nobody may guess it.
  if (run.price.reported && command.code == "cost_not_reported")
    return audit(at, facts, command.code, "no_cost_audit", std::nullopt);
  Micros const cost = run.cost_so_far + reported_by(run.price, command.measured);
  if (command.retry && may_retry(run))
    return requeue(facts, run.attempt, cost, command.code, command.detail);
  return end_in_failure(facts, command.code, command.detail, command.measured);
}

Outcome decide(Instant, Cancel const&, RunFacts const& facts) {
  if (!facts.situation) return refuse(RefusalCode::not_found, "no such run");
  Situation const& run = *facts.situation;
  if (run.phase == Phase::cancelled || run.cancel_requested) return done(facts);
  if (is_final(run.phase) || run.phase == Phase::audit_required)
    return refuse(RefusalCode::conflict, "the run has ended and cannot be cancelled");
  if (held_back(facts, mode::Mode::halt)) return halted();
  if (run.phase == Phase::queued || run.phase == Phase::leased)
    return one(facts, settled(facts, Phase::cancelled, run.cost_so_far, "cancelled"));
  CancelRequested event;
  event.run = *facts.run;
  return one(facts, std::move(event));
}

Outcome decide(Instant, Due const& command, RunFacts const& facts) {
  if (!facts.situation || held_back(facts, mode::Mode::stop)) return done(facts);
  Situation const& run = *facts.situation;
  if (command.kind == DueKind::queue) {
    if (run.phase != Phase::queued || run.queue_deadline > facts.work_at) return done(facts);
    Settled event = settled(facts, Phase::expired, run.cost_so_far, "queue_deadline");
    event.error_code = "expired";
    event.error_detail = "no worker took the run before its queue deadline";
    return one(facts, std::move(event));
  }
  // The expiry predicate is repeated here: a lease renewed since the deadline was set stays.
  bool const leased = run.phase == Phase::leased || run.phase == Phase::running;
  return leased && facts.lease_expired ? lease_ran_out(facts) : done(facts);
}

Outcome decide(Instant at, Reconcile const& command, RunFacts const& facts) {
  if (!facts.situation || facts.situation->phase != Phase::reconciling ||
      facts.situation->fence != command.fence)
    return done(facts);
  if (held_back(facts, mode::Mode::halt)) return halted();
  ReconcileRow const found =
      reconcile_row(is_held(facts.situation->phase), command.receipt, command.result.has_value());
  switch (found.verdict) {
    case ReconcileVerdict::forward:
      return succeed(at, facts, command.measured, *command.result,
                     std::string(found.reconcile_type));
    case ReconcileVerdict::charged: {
      auto const cost = cost_of(facts.situation->price, command.measured);
      if (!cost) return audit(at, facts, "cost_not_reported", "no_cost_audit", std::nullopt);
      Settled event =
          settled(facts, Phase::failed, facts.situation->cost_so_far + *cost, "result_missing");
      event.error_code = "result_missing";
      event.error_detail = "the work left a receipt and no result";
      return one(facts, std::move(event));
    }
    case ReconcileVerdict::again:
      return again(facts, "the worker died and left no receipt");
    case ReconcileVerdict::audit:
      return audit(at, facts, "receipt_unusable", found.reconcile_type, command.result);
  }
  return done(facts);
}

}  // namespace tally::domain::run
