#include <algorithm>

#include "domain/run/charge.h"
#include "domain/run/decide.h"
#include "domain/run/outcomes.h"
#include "domain/run/reconcile.h"
#include "domain/run/settled.h"

namespace tally::domain::run {

namespace {

Outcome lease_lost() {
  return refuse(RefusalCode::lease_lost,
                "this lease is no longer yours: it expired, was taken back, or the run has ended");
}

bool holds_lease(RunFacts const& facts, Handle const& handle) {
  return facts.situation && facts.situation->lease == handle.lease &&
         facts.situation->fence == handle.fence;
}

template <class C>
Outcome halted(RunFacts const& facts, C const&) {
  return refuse(standing_still(*facts.halted, C::kCommand.name));
}

// The mode of the run's own scopes; that of everything is the permit's business.
bool held_back(RunFacts const& facts, mode::Mode from) {
  return facts.halted && facts.halted->mode >= from;
}

// In what the failure ended: a mode that stopped it, a limit that has passed for a worker
// elsewhere, or else what its worker says.
std::string code_of(RunFacts const& facts, Fail const& command) {
  Situation const& run = *facts.situation;
  if (run.cancel_requested) return command.code;
  if (run.stop_requested) return std::string(name_of(StopReason::stopped));
  if (run.runner == Runner::command) return command.code;
  if (run.cost_limit_at && *run.cost_limit_at <= facts.work_at) return std::string(kCostLimit);
  if (run.run_ends_at && *run.run_ends_at <= facts.work_at)
    return std::string(name_of(StopReason::timeout));
  return command.code;
}

// The same report again, whose answer was lost. A run that ended without its worker heard no
// report.
bool has_failed_with(Situation const& run, std::string_view code) {
  if (run.phase == Phase::audit_required) return run.reason == code || run.reason == kNotBelieved;
  if (run.reason == kPastLimit) return false;
  return (run.phase == Phase::failed || run.phase == Phase::cancelled) && run.error_code == code;
}

Outcome reconcile(RunFacts const& facts, std::string_view reason) {
  Reconciling event;
  event.fence = facts.situation->fence;
  event.reason = reason;
  event.run = *facts.run;
  return one(facts, std::move(event));
}

// `kind` says whether its worker went silent or ended with the server.
Outcome lease_ran_out(Instant at, RunFacts const& facts, DueKind kind) {
  Situation const& run = *facts.situation;
  bool const with_server = kind == DueKind::process;
  // Not started: nothing happened in the world, the attempt does not count.
  if (run.phase == Phase::leased)
    return give_back(at, facts, "lease_expired",
                     with_server ? "the server ended before the work began"
                                 : "the worker did not start it in time");
  if (run.runner != Runner::command)
    return lost(at, facts, "the worker stopped answering and left no receipt");
  return reconcile(facts, with_server ? kServerEnded : "lease_expired");
}

// Why an execution that left no receipt is gone.
std::string_view lost_how(Situation const& run) {
  return run.reason == kServerEnded
             ? "the server itself ended while it worked on the run, and the work left no receipt"
             : "the worker died and left no receipt";
}

// Its worker had the grace to stop it and to report. What a command left behind is looked for.
Outcome limit_passed(Instant at, RunFacts const& facts) {
  Situation const& run = *facts.situation;
  auto const limit = limit_of(run.run_ends_at, run.cost_limit_at);
  if (run.phase != Phase::running || !limit || *limit + kLimitGrace > facts.work_at)
    return unchanged(facts);
  StopReason const reason =
      limit == run.cost_limit_at ? StopReason::cost_limit : StopReason::timeout;
  if (run.runner != Runner::command) return past_limit(at, facts, reason);
  return reconcile(facts, name_of(reason));
}

Outcome queue_ran_out(Instant at, RunFacts const& facts) {
  Situation const& run = *facts.situation;
  if (run.phase != Phase::queued || run.queue_deadline > facts.work_at) return unchanged(facts);
  return end_unheard(at, facts, Phase::expired, "queue_deadline", "expired",
                     "no worker took the run before its queue deadline");
}

// A report that the run takes no more. What a lost lease says that it spent is written down all the
// same: nowhere else would it be known.
Outcome too_late(RunFacts const& facts, Handle const& handle, Measured const& measured) {
  Outcome outcome = lease_lost();
  if (!facts.situation || !facts.unaccounted) return outcome;
  Micros const amount = reported_by(facts.situation->price, measured).value_or(Micros(0));
  if (amount == Micros(0)) return outcome;
  Unaccounted event;
  event.amount = amount;
  event.fence = handle.fence;
  event.lease = handle.lease;
  event.run = *facts.run;
  event.unaccounted = std::min(*facts.unaccounted + amount, kAmountMax);
  outcome.events.emplace_back(run::Events(std::move(event)));
  outcome.run = facts.run;
  outcome.tenant = facts.situation->tenant;
  return outcome;
}

// Work that had begun.
Outcome failed(Instant at, Fail const& command, RunFacts const& facts, std::string code) {
  Situation const& run = *facts.situation;
  // The work ended well and says nothing of its cost: nobody may guess it.
  if (run.price.reported && command.code == kNotReported)
    return audit(at, facts,
                 {.reason = kNotReported,
                  .type = kNoCost,
                  .detail = command.detail,
                  .stderr_tail = command.stderr_tail});
  auto const reported = reported_by(run.price, command.measured);
  if (!reported)
    return audit(at, facts,
                 {.reason = kNotBelieved,
                  .type = kUnbelievable,
                  .detail = command.detail,
                  .stderr_tail = command.stderr_tail});
  Micros const cost = run.cost_so_far + *reported;
  Failure failure{.cost = cost,
                  .code = std::move(code),
                  .detail = command.detail,
                  .measured = command.measured,
                  .reported = true,
                  .stderr_tail = command.stderr_tail};
  if (run.stop_requested && !run.cancel_requested)
    return end_stopped(at, facts, std::move(failure));
  if (failure.code == kCostLimit && run.cost_limit_at)
    return end_at_hold(at, facts, std::move(failure));
  if (command.retry && may_retry(run, cost)) return retry(facts, std::move(failure));
  return end_in_failure(at, facts, std::move(failure));
}

}  // namespace

Outcome decide(Instant, Lease const& command, LeaseFacts const& facts) {
  if (!facts.candidate) return {.events = {}, .reply = NoWork{}, .run = {}, .tenant = {}};
  Leased event;
  event.attempt = facts.candidate->attempt;
  event.fence = facts.candidate->fence;
  event.lease = facts.next_lease;
  event.lease_period = facts.lease_period;
  event.run = facts.candidate->run;
  event.worker = command.worker;
  return {.events = {run::Events(std::move(event))},
          .reply = Done{},
          .run = facts.candidate->run,
          .tenant = facts.candidate->tenant};
}

Outcome decide(Instant, Start const& command, RunFacts const& facts) {
  if (!holds_lease(facts, command.handle)) return lease_lost();
  if (facts.situation->phase == Phase::running) return unchanged(facts);
  if (facts.situation->phase != Phase::leased) return lease_lost();
  if (held_back(facts, mode::Mode::stop)) return halted(facts, command);
  Started event;
  Situation const& run = *facts.situation;
  if (auto const affordable = time_for(run.price, run.hold, run.cost_so_far))
    event.cost_limit_at = facts.work_at + *affordable;
  event.fence = run.fence;
  event.run = *facts.run;
  event.run_ends_at = facts.work_at + run.timeout;
  return one(facts, std::move(event));
}

Outcome decide(Instant at, Complete const& command, RunFacts const& facts) {
  if (!holds_lease(facts, command.handle) || facts.unaccounted)
    return too_late(facts, command.handle, command.measured);
  Situation const& run = *facts.situation;
  bool const ended = run.phase == Phase::succeeded || run.phase == Phase::audit_required;
  if (ended && run.result_digest == command.result.digest) return unchanged(facts);
  if (run.phase == Phase::failed && run.reason == kCostLimit) return unchanged(facts);
  if (run.phase == Phase::leased)
    return refuse(RefusalCode::conflict, "start the work before completing it");
  if (run.phase != Phase::running) return lease_lost();
  if (held_back(facts, mode::Mode::halt)) return halted(facts, command);
  return succeed(at, facts, command.measured, command.result, "completed");
}

Outcome decide(Instant at, Fail const& command, RunFacts const& facts) {
  if (!holds_lease(facts, command.handle) || facts.unaccounted)
    return too_late(facts, command.handle, command.measured);
  Situation const& run = *facts.situation;
  std::string code = code_of(facts, command);
  if (has_failed_with(run, code)) return unchanged(facts);
  if (run.phase != Phase::leased && run.phase != Phase::running) return lease_lost();
  if (held_back(facts, mode::Mode::halt)) return halted(facts, command);
  if (run.phase == Phase::leased)
    return give_back(at, facts, "returned", command.code + ": " + command.detail);
  return failed(at, command, facts, std::move(code));
}

Outcome decide(Instant at, Cancel const& command, RunFacts const& facts) {
  if (!facts.situation) return refuse(RefusalCode::not_found, "no such run");
  Situation const& run = *facts.situation;
  if (run.phase == Phase::cancelled || run.cancel_requested) return unchanged(facts);
  if (is_final(run.phase) || run.phase == Phase::audit_required)
    return refuse(RefusalCode::conflict, "the run has ended and cannot be cancelled");
  if (held_back(facts, mode::Mode::halt)) return halted(facts, command);
  if (run.phase == Phase::queued || run.phase == Phase::leased)
    return end_unheard(at, facts, Phase::cancelled, "cancelled");
  CancelRequested event;
  event.run = *facts.run;
  return one(facts, std::move(event));
}

// Sent where the loop saw that a mode came into force; by now it may have been lifted.
Outcome decide(Instant, Stop const&, RunFacts const& facts) {
  if (!facts.situation || !held_back(facts, mode::Mode::stop)) return unchanged(facts);
  Situation const& run = *facts.situation;
  bool const goes_on = run.phase == Phase::running || run.phase == Phase::reconciling;
  if (!goes_on || run.stop_requested) return unchanged(facts);
  StopRequested event;
  event.run = *facts.run;
  return one(facts, std::move(event));
}

Outcome decide(Instant at, Due const& command, RunFacts const& facts) {
  if (!facts.situation || held_back(facts, mode::Mode::stop)) return unchanged(facts);
  Situation const& run = *facts.situation;
  if (command.kind == DueKind::queue) return queue_ran_out(at, facts);
  if (command.kind == DueKind::limit) return limit_passed(at, facts);
  // The expiry predicate is repeated here: a lease renewed since the deadline was set stays.
  bool const leased = run.phase == Phase::leased || run.phase == Phase::running;
  return leased && facts.lease_expired ? lease_ran_out(at, facts, command.kind)
                                       : unchanged(facts);
}

Outcome decide(Instant at, Reconcile const& command, RunFacts const& facts) {
  if (!facts.situation || facts.situation->phase != Phase::reconciling ||
      facts.situation->fence != command.fence)
    return unchanged(facts);
  if (held_back(facts, mode::Mode::halt)) return halted(facts, command);
  ReconcileRow const found =
      reconcile_row(is_held(facts.situation->phase), command.receipt, command.result.has_value());
  switch (found.verdict) {
    case ReconcileVerdict::forward:
      return succeed(at, facts, command.measured, *command.result,
                     std::string(found.reconcile_type));
    case ReconcileVerdict::charged:
      return end_without_result(at, facts, command.measured);
    case ReconcileVerdict::again:
      return lost(at, facts, std::string(lost_how(*facts.situation)));
    case ReconcileVerdict::audit:
      return audit(
          at, facts,
          {.reason = "receipt_unusable", .type = found.reconcile_type, .result = command.result});
  }
  return unchanged(facts);
}

}  // namespace tally::domain::run
