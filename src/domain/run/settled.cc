#include "domain/run/settled.h"

#include <algorithm>

#include "domain/mode/decide.h"
#include "domain/run/charge.h"

namespace tally::domain::run {

namespace {

// New runs of the tenant wait until a person has looked. Other tenants go on.
Event safe_mode(Instant at, RunFacts const& facts, mode::WorkClock const& clock, std::string why) {
  mode::Scope const scope{.id = facts.situation->tenant.value(), .kind = mode::ScopeKind::tenant};
  return mode::Events(
      mode::change(scope, {}, clock, mode::Mode::safe, std::move(why), PersonId("server"), at));
}

OverrunRule rule_of(RunFacts const& facts) {
  return facts.overrun ? facts.overrun->rule : OverrunRule::count;
}

bool is_believed(RunFacts const& facts, Micros cost) {
  if (cost > kAmountMax) return false;
  auto const most = charge_most(facts);
  return !most || cost <= *most;
}

}  // namespace

Outcome one(RunFacts const& facts, run::Events event) {
  return {.events = {std::move(event)},
          .reply = Done{},
          .run = facts.run,
          .tenant = facts.situation->tenant};
}

bool loses_lease(Situation const& run, bool reported) {
  return !reported && run.phase == Phase::running && run.lease;
}

Outcome audit(Instant at, RunFacts const& facts, Audit why) {
  AuditRequired event;
  event.claimed = why.claimed;
  event.detail = std::move(why.detail);
  event.reason = why.reason;
  event.reconcile_type = why.type;
  event.result = std::move(why.result);
  event.run = *facts.run;
  event.stderr_tail = std::move(why.stderr_tail);
  Outcome outcome = one(facts, std::move(event));
  if (facts.alarm)
    outcome.events.push_back(
        safe_mode(at, facts, *facts.alarm,
                  to_text(*facts.run) + " waits for an audit: " + std::string(why.reason)));
  return outcome;
}

Outcome end_of(Instant at, RunFacts const& facts, Ending ending) {
  Situation const& run = *facts.situation;
  auto settlement = is_believed(facts, ending.cost)
                        ? settle(facts.balances, run.hold, ending.cost, rule_of(facts))
                        : std::nullopt;
  if (!settlement)
    return audit(at, facts,
                 {.reason = kNotBelieved,
                  .type = kUnbelievable,
                  .result = std::move(ending.result),
                  .claimed = ending.cost,
                  .detail = std::move(ending.error_detail),
                  .stderr_tail = std::move(ending.stderr_tail)});
  Settled event;
  event.charge = settlement->charge;
  event.cost_rounded_up = ending.cost_rounded_up;
  event.error_code = std::move(ending.error_code);
  event.error_detail = std::move(ending.error_detail);
  event.lost = loses_lease(run, ending.reported);
  event.phase = ending.phase;
  event.postings = std::move(settlement->postings);
  event.reason = std::move(ending.reason);
  event.result = std::move(ending.result);
  event.run = *facts.run;
  event.sandbox = std::move(ending.sandbox);
  event.stderr_tail = std::move(ending.stderr_tail);
  Micros const overrun = event.charge.overrun;
  Outcome outcome = one(facts, std::move(event));
  if (overrun > Micros(0) && facts.overrun && facts.overrun->alarm)
    outcome.events.push_back(
        safe_mode(at, facts, *facts.overrun->alarm,
                  to_text(*facts.run) + " cost " + format_usd(overrun) + " USD above its hold"));
  return outcome;
}

std::optional<Micros> charge_most(RunFacts const& facts) {
  if (!facts.overrun || !facts.overrun->believed_max) return std::nullopt;
  return facts.situation->hold + *facts.overrun->believed_max;
}

std::optional<Settled> resolved(RunFacts const& facts, Micros charge) {
  Situation const& run = *facts.situation;
  auto settlement = settle(facts.balances, run.hold, charge, rule_of(facts));
  if (!settlement) return std::nullopt;
  Settled event;
  event.charge = settlement->charge;
  event.phase = run.result_digest ? Phase::succeeded : Phase::failed;
  event.postings = std::move(settlement->postings);
  event.reason = "audit_resolved";
  event.run = *facts.run;
  if (event.phase == Phase::succeeded) return event;
  event.error_code = run.reason;
  event.error_detail = "resolved by people after an audit";
  return event;
}

}  // namespace tally::domain::run
