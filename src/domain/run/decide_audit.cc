#include "domain/approval/propose.h"
#include "domain/run/engine.h"
#include "domain/run/settled.h"

namespace tally::domain::run {

Outcome decide(Instant at, ProposeResolution const& command, RunFacts const& facts) {
  if (!facts.situation) return refuse(RefusalCode::not_found, "no such run");
  if (facts.situation->phase != Phase::audit_required)
    return refuse(RefusalCode::conflict, "the run does not wait for an audit");
  if (command.charge < Micros(0) || command.charge > kAmountMax)
    return refuse(RefusalCode::validation_error, "a charge is from 0 to 1 billion USD");
  if (facts.halted == mode::Mode::halt)
    return refuse(RefusalCode::halted, "the mode in force for this run does not permit it");
  approval::Subject subject;
  subject.charge = command.charge;
  subject.kind = approval::Kind::audit;
  subject.reason = command.reason;
  subject.run = command.run;
  Phase const phase = facts.situation->result_digest ? Phase::succeeded : Phase::failed;
  Settled event = settled(facts, phase, command.charge, "audit_resolved");
  if (phase == Phase::failed) {
    event.error_code = facts.situation->reason;
    event.error_detail = "resolved after an audit";
  }
  Outcome outcome = approval::propose({.id = facts.next_approval,
                                       .proposer = command.person,
                                       .people = facts.people,
                                       .quorum = facts.quorum,
                                       .expires_at = at + approval::kAuditDeadline,
                                       .subject = std::move(subject)},
                                      RunEvent(std::move(event)));
  outcome.tenant = facts.situation->tenant;
  return outcome;
}

}  // namespace tally::domain::run
