#include "domain/run/outcomes.h"

#include <fmt/format.h>

#include "domain/run/charge.h"
#include "domain/run/settled.h"
#include "domain/system_tenant.h"

namespace tally::domain::run {

namespace {

// A run whose worker heard of a cancellation ended by that.
Ending ended(Situation const& run, Failure failure, std::string_view reason) {
  return {.cost = failure.cost,
          .cost_rounded_up = failure.measured.rounded_up,
          .error_code = std::move(failure.code),
          .error_detail = std::move(failure.detail),
          .phase = run.cancel_requested ? Phase::cancelled : Phase::failed,
          .reason = std::string(run.cancel_requested ? "cancelled" : reason),
          .reported = failure.reported,
          .result = {},
          .sandbox = failure.measured.sandbox,
          .stderr_tail = std::move(failure.stderr_tail)};
}

// Of an attempt that nobody reported.
Failure unheard(Situation const& run, std::string_view code, std::string detail) {
  return {.cost = run.cost_so_far,
          .code = std::string(code),
          .detail = std::move(detail),
          .measured = {},
          .reported = false,
          .stderr_tail = {}};
}

// What the seconds of work that was stopped half-way cost, within the hold.
Micros cost_of_seconds(Situation const& run, Measured const& measured) {
  Price rate = run.price;
  rate.fixed = Micros(0);
  return std::min(cost_of(rate, measured).value_or(run.hold), run.hold);
}

// Of work whose time cost more than its hold.
Outcome outrun(Instant at, RunFacts const& facts, Measured const& measured) {
  return end_at_hold(at, facts,
                     {.cost = {},
                      .code = {},
                      .detail = "the time that the work took cost more than its hold",
                      .measured = measured,
                      .reported = true,
                      .stderr_tail = {}});
}

}  // namespace

Outcome unchanged(RunFacts const& facts) {
  std::optional<TenantId> tenant;
  if (facts.situation) tenant = facts.situation->tenant;
  return {.events = {}, .reply = Done{}, .run = facts.run, .tenant = tenant};
}

bool may_retry(Situation const& run, Micros cost_so_far) {
  bool const can_pay = !run.price.reported || cost_so_far < run.hold;
  bool const wanted = !run.cancel_requested && !run.stop_requested;
  return can_pay && wanted && run.attempt < run.attempts_max;
}

Fault fault_of(Runner runner, std::string_view code) {
  if (runner != Runner::command) return Fault::theirs;
  constexpr std::array<std::string_view, 6> ours{"job_unknown",    "killed",
                                                 "overloaded",     "receipt_not_durable",
                                                 "sandbox_failed", "worker_lost"};
  return std::ranges::find(ours, code) != ours.end() ? Fault::ours : Fault::theirs;
}

Outcome give_back(Instant at, RunFacts const& facts, std::string reason, std::string detail) {
  Situation const& run = *facts.situation;
  std::int64_t const returns = run.returns + 1;
  if (returns >= kReturnsMax)
    return end_unheard(
        at, facts, Phase::failed, "lease_unusable", "lease_unusable",
        fmt::format("{} leases ended before the work began; the last time: {}", returns, detail));
  Requeued event;
  event.attempt = run.attempt - 1;
  event.cost_so_far = run.cost_so_far;
  event.detail = std::move(detail);
  // The server's own runs go on while everything stands still, and the work clock with it.
  if (!is_system(run.tenant)) event.not_before = facts.work_at + rest_after(returns);
  event.queue_deadline = run.queue_deadline;
  event.reason = std::move(reason);
  event.returns = returns;
  event.run = *facts.run;
  return one(facts, std::move(event));
}

Outcome retry(RunFacts const& facts, Failure failure) {
  Situation const& run = *facts.situation;
  Requeued event;
  event.attempt = run.attempt;
  event.cost_so_far = failure.cost;
  event.detail = std::move(failure.detail);
  event.lost = loses_lease(run, failure.reported);
  event.queue_deadline = facts.work_at + run.queue_wait;
  event.reason = std::move(failure.code);
  event.returns = run.returns;
  event.run = *facts.run;
  event.stderr_tail = std::move(failure.stderr_tail);
  return one(facts, std::move(event));
}

Outcome end_in_failure(Instant at, RunFacts const& facts, Failure failure) {
  Situation const& run = *facts.situation;
  Micros const fee = fee_of(run.price.minimum_fee, run.hold);
  bool const theirs = fault_of(run.runner, failure.code) == Fault::theirs;
  if (failure.cost < fee && !run.cancel_requested && theirs) failure.cost = fee;
  return end_of(at, facts, ended(run, std::move(failure), "failed"));
}

Outcome end_stopped(Instant at, RunFacts const& facts, Failure failure) {
  Situation const& run = *facts.situation;
  if (!run.price.reported) failure.cost = cost_of_seconds(run, failure.measured);
  return end_of(at, facts, ended(run, std::move(failure), "stopped"));
}

Outcome end_at_hold(Instant at, RunFacts const& facts, Failure failure) {
  failure.code = kCostLimit;
  failure.cost = facts.situation->hold;
  return end_of(at, facts, ended(*facts.situation, std::move(failure), kCostLimit));
}

Outcome succeed(Instant at, RunFacts const& facts, Measured const& measured, Document result,
                std::string reason) {
  Situation const& run = *facts.situation;
  if (outran(run.price, run.hold, measured)) return outrun(at, facts, measured);
  auto const cost = cost_of(run.price, measured);
  if (!cost)
    return audit(at, facts, {.reason = kNotReported, .type = kNoCost, .result = std::move(result)});
  return end_of(at, facts,
                {.cost = run.cost_so_far + *cost,
                 .cost_rounded_up = measured.rounded_up,
                 .error_code = {},
                 .error_detail = {},
                 .phase = Phase::succeeded,
                 .reason = std::move(reason),
                 .reported = true,
                 .result = std::move(result),
                 .sandbox = measured.sandbox});
}

Outcome end_without_result(Instant at, RunFacts const& facts, Measured const& measured) {
  Situation const& run = *facts.situation;
  if (outran(run.price, run.hold, measured)) return outrun(at, facts, measured);
  auto const cost = cost_of(run.price, measured);
  if (!cost) return audit(at, facts, {.reason = kNotReported, .type = kNoCost});
  return end_of(at, facts,
                {.cost = run.cost_so_far + *cost,
                 .cost_rounded_up = measured.rounded_up,
                 .error_code = "result_missing",
                 .error_detail = "the work left a receipt and no result",
                 .phase = Phase::failed,
                 .reason = "result_missing",
                 .reported = true,
                 .result = {},
                 .sandbox = measured.sandbox});
}

Outcome end_unheard(Instant at, RunFacts const& facts, Phase phase, std::string reason,
                    std::string error_code, std::string error_detail) {
  return end_of(at, facts,
                {.cost = facts.situation->cost_so_far,
                 .error_code = std::move(error_code),
                 .error_detail = std::move(error_detail),
                 .phase = phase,
                 .reason = std::move(reason),
                 .result = {},
                 .sandbox = {}});
}

Outcome lost(Instant at, RunFacts const& facts, std::string detail) {
  Situation const& run = *facts.situation;
  for (StopReason const limit : {StopReason::cost_limit, StopReason::timeout})
    if (run.phase == Phase::reconciling && run.reason == name_of(limit))
      return past_limit(at, facts, limit);
  Failure failure = unheard(run, "worker_lost", std::move(detail));
  if (may_retry(run, run.cost_so_far)) return retry(facts, std::move(failure));
  if (run.stop_requested) failure.code = name_of(StopReason::stopped);
  return end_of(at, facts, ended(run, std::move(failure), "failed"));
}

Outcome past_limit(Instant at, RunFacts const& facts, StopReason limit) {
  Situation const& run = *facts.situation;
  bool const by_cost = limit == StopReason::cost_limit;
  Failure failure =
      unheard(run, name_of(limit),
              by_cost ? "its hold was used up, and its worker did not report its end"
                      : "it took longer than it may, and its worker did not report its end");
  if (by_cost) failure.cost = run.hold;
  if (!by_cost && may_retry(run, run.cost_so_far)) return retry(facts, std::move(failure));
  if (!by_cost && run.stop_requested) failure.code = name_of(StopReason::stopped);
  return end_of(at, facts, ended(run, std::move(failure), kPastLimit));
}

}  // namespace tally::domain::run
