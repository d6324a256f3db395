#include <fmt/format.h>

#include "domain/run/decide.h"

namespace tally::domain::run {

namespace {

Refusal invalid(std::string pointer, std::string detail) {
  return {.code = RefusalCode::validation_error,
          .detail = std::move(detail),
          .pointer = std::move(pointer),
          .shortage = {},
          .retry_after = {}};
}

// What is wrong with the request itself, before money is looked at.
std::optional<Refusal> objection(Submit const& command, SubmitFacts const& facts) {
  if (!facts.job) {
    return Refusal{.code = RefusalCode::unknown_job,
                   .detail = fmt::format("no job kind is named {}", command.job.value()),
                   .pointer = "/job",
                   .shortage = {},
                   .retry_after = {}};
  }
  if (command.timeout && command.timeout->value() <= 0)
    return invalid("/timeout_s", "a time limit is more than nothing");
  if (command.max_cost < Micros(0) || command.max_cost > kAmountMax)
    return invalid("/max_cost_usd", "an amount is from 0 to 1 billion USD");
  if (command.timeout && *command.timeout > facts.job->timeout) {
    return invalid("/timeout_s", fmt::format("the job allows at most {} s",
                                             facts.job->timeout.value() / 1'000'000));
  }
  if (!facts.job->price.reported && command.max_cost < facts.job->price.fixed) {
    return invalid("/max_cost_usd", fmt::format("one run of this job costs at least {} USD",
                                                format_usd(facts.job->price.fixed)));
  }
  Price const& price = facts.job->price;
  bool const costs = price.reported || price.fixed > Micros(0) || price.per_second > Micros(0);
  if (costs && command.max_cost == Micros(0))
    return invalid("/max_cost_usd", "a run of this job costs something: let it cost more than 0");
  if (facts.parent_live && !*facts.parent_live)
    return invalid("/parent_run_id", "no live run of yours has this id");
  if (facts.runs_live >= facts.runs_live_max) {
    return Refusal{.code = RefusalCode::overloaded,
                   .detail = "as many runs are live as the server allows",
                   .pointer = {},
                   .shortage = {},
                   .retry_after = seconds(5)};
  }
  return std::nullopt;
}

Shortage shortage_of(Submit const& command, Balances const& balances) {
  return {.asked = command.max_cost,
          .available = balances.of(AccountKind::available),
          .held = balances.of(AccountKind::held),
          .limit = balances.credits(),
          .owed = balances.of(AccountKind::overrun),
          .scope = "tenant:" + command.tenant.value(),
          .spent = balances.of(AccountKind::spent)};
}

// Two shortages, because the caller must react differently: held money comes back, spent does not.
// While something is owed nothing is accepted, whatever it asks for.
std::optional<Refusal> shortage(Submit const& command, Balances const& balances) {
  Micros const available = balances.of(AccountKind::available);
  Micros const owed = balances.of(AccountKind::overrun);
  if (owed > Micros(0))
    return Refusal{.code = RefusalCode::budget_exceeded,
                   .detail = fmt::format("runs cost {} USD above their holds that the budget has "
                                         "not paid; a grant pays it first, and then new runs are "
                                         "accepted again, each under a new key",
                                         format_usd(owed)),
                   .pointer = {},
                   .shortage = shortage_of(command, balances),
                   .retry_after = {}};
  if (command.max_cost <= available) return std::nullopt;
  bool const held = command.max_cost <= available + balances.of(AccountKind::held);
  return Refusal{
      .code = held ? RefusalCode::budget_held : RefusalCode::budget_exceeded,
      .detail = held ? "open holds occupy the money that this run asks for; try again when "
                       "they settle"
                     : "the budget does not cover this run; after a top-up use a new key",
      .pointer = {},
      .shortage = shortage_of(command, balances),
      .retry_after = held ? std::optional(seconds(1)) : std::nullopt};
}

Outcome accept(Submit const& command, SubmitFacts const& facts) {
  PostingPlan plan(facts.balances);
  plan.move(AccountKind::available, AccountKind::held, command.max_cost);
  Submitted event;
  event.hold.amount = command.max_cost;
  event.input = command.input;
  event.job = command.job;
  event.key = command.key;
  event.parent = command.parent;
  event.postings = plan.take();
  event.queue_deadline = facts.work_at + facts.job->queue_deadline;
  event.run = facts.next_run;
  event.terms = *facts.job;
  event.terms.timeout = command.timeout.value_or(facts.job->timeout);
  return {.events = {run::Events(std::move(event))},
          .reply = Done{},
          .run = facts.next_run,
          .tenant = command.tenant};
}

// The answer "no" is as durable as a "yes": a delayed duplicate must not succeed after it.
Outcome refuse_for_good(Submit const& command, Refusal refusal) {
  Refused event;
  event.code = name_of(refusal.code);
  event.job = command.job;
  event.shortage = *refusal.shortage;
  return {.events = {run::Events(std::move(event))},
          .reply = std::move(refusal),
          .run = {},
          .tenant = command.tenant};
}

}  // namespace

Outcome decide(Instant, Submit const& command, SubmitFacts const& facts) {
  std::optional<Refusal> refusal = objection(command, facts);
  if (!refusal) refusal = shortage(command, facts.balances);
  if (command.dry_run)
    return {
        .events = {}, .reply = DryRun{std::move(refusal), facts.balances}, .run = {}, .tenant = {}};
  if (!refusal) return accept(command, facts);
  if (refusal->code == RefusalCode::budget_exceeded)
    return refuse_for_good(command, std::move(*refusal));
  return refuse(std::move(*refusal));
}

}  // namespace tally::domain::run
