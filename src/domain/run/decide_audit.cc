#include "base/check.h"
#include "base/money.h"
#include "domain/run/decide.h"
#include "domain/run/settled.h"

namespace tally::domain::run {

namespace {

std::string words_of(Micros charge, Micros hold) {
  std::string words = "charge " + format_usd(charge) + " USD for the audited run";
  if (charge > hold) words += ", " + format_usd(charge - hold) + " above its hold";
  return words;
}

Outcome invalid_charge(std::string detail) {
  return refuse(Refusal{.code = RefusalCode::validation_error,
                        .detail = std::move(detail),
                        .pointer = "/charge_usd",
                        .shortage = {},
                        .retry_after = {}});
}

}  // namespace

// A run leaves an audit by the decision of people: proposed, and decided afresh once they agree.
Outcome decide(Instant, ProposeResolution const& command, RunFacts const& facts) {
  if (!facts.situation) return refuse(RefusalCode::not_found, "no such run");
  if (facts.situation->phase != Phase::audit_required)
    return refuse(RefusalCode::conflict, "the run does not wait for an audit");
  if (command.charge < Micros(0) || command.charge > kAmountMax)
    return invalid_charge("a charge is from 0 to 1 billion USD");
  Micros const hold = facts.situation->hold;
  if (auto const most = charge_most(facts); most && command.charge > *most)
    return invalid_charge("this is " + format_usd(command.charge - hold) +
                          " USD above the run's hold of " + format_usd(hold) +
                          ", and overrun_believed_max_usd of its plan is " +
                          format_usd(*facts.overrun->believed_max) + ": charge at most " +
                          format_usd(*most) + ", or raise that bound first");
  if (facts.halted && facts.halted->mode == mode::Mode::halt)
    return refuse(standing_still(*facts.halted, ProposeResolution::kCommand.name));
  auto event = resolved(facts, command.charge);
  if (!event) return invalid_charge("the tenant would owe more than 1 billion USD; charge less");
  TALLY_CHECK(facts.approvers.has_value(), "a resolution without those who decide it");
  if (!facts.approvers->approved)
    return not_alone({.approvers = *facts.approvers,
                      .person = command.person,
                      .run = command.run,
                      .tenant = facts.situation->tenant,
                      .what = words_of(command.charge, hold)});
  return one(facts, run::Events(std::move(*event)));
}

}  // namespace tally::domain::run
