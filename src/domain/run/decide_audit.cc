#include "base/check.h"
#include "base/money.h"
#include "domain/run/engine.h"
#include "domain/run/settled.h"

namespace tally::domain::run {

// A run leaves an audit by the decision of people: proposed, and decided afresh once they agree.
Outcome decide(Instant, ProposeResolution const& command, RunFacts const& facts) {
  if (!facts.situation) return refuse(RefusalCode::not_found, "no such run");
  if (facts.situation->phase != Phase::audit_required)
    return refuse(RefusalCode::conflict, "the run does not wait for an audit");
  if (command.charge < Micros(0) || command.charge > kAmountMax)
    return refuse(RefusalCode::validation_error, "a charge is from 0 to 1 billion USD");
  if (facts.halted && facts.halted->mode == mode::Mode::halt)
    return refuse(standing_still(*facts.halted, kCommandType<ProposeResolution>.name));
  auto event = resolved(facts, command.charge);
  if (!event)
    return refuse(RefusalCode::validation_error,
                  "the tenant would owe more than 1 billion USD; charge less");
  TALLY_CHECK(facts.approvers.has_value(), "a resolution without those who decide it");
  if (!facts.approvers->approved)
    return not_alone({.approvers = *facts.approvers,
                      .deadline = kAuditDeadline,
                      .person = command.person,
                      .run = command.run,
                      .tenant = facts.situation->tenant,
                      .what = "charge " + format_usd(command.charge) + " USD for the audited run"});
  return one(facts, RunEvent(std::move(*event)));
}

}  // namespace tally::domain::run
