#include "domain/approval/decide.h"
#include "domain/who_counts.h"

namespace tally::domain::approval {

namespace {

Outcome nothing() { return {.events = {}, .reply = Done{}, .run = {}, .tenant = {}}; }

Facts facts_of(State const& state, ApprovalId approval) {
  Facts facts;
  Row const* row = state.approvals.find(approval);
  if (row != nullptr) facts.row = *row;
  return facts;
}

Outcome about(Row const& row, approval::Events event) {
  return {.events = {std::move(event)}, .reply = Done{}, .run = row.run, .tenant = row.tenant};
}

std::optional<std::string> objection(Sign const& command, Facts const& facts) {
  Row const& row = *facts.row;
  if (!facts.signer_may) return "only a person with the role approver or admin may sign";
  if (command.person == row.proposer || row.signers.contains(command.person))
    return "an approval needs distinct people, and you are one of them already";
  if (!row.counted.contains(command.person))
    return "you did not count when this was proposed: a person counts 24 h after their key was "
           "claimed";
  if (!facts.key_counts) return "a key counts 24 h after it was claimed, and this one does not yet";
  return std::nullopt;
}

}  // namespace

Facts gather(State const& state, Sign const& command, Moment const& moment) {
  Facts facts = facts_of(state, command.approval);
  directory::Person const* signer = state.people.find(command.person);
  facts.signer_may = signer != nullptr && may_approve(*signer);
  facts.key_counts = key_counts(state, command.asked_with, moment.at);
  return facts;
}
Facts gather(State const& state, Withdraw const& command, Moment const&) {
  return facts_of(state, command.approval);
}
Facts gather(State const& state, Expire const& command, Moment const&) {
  return facts_of(state, command.approval);
}
Facts gather(State const& state, End const& command, Moment const&) {
  return facts_of(state, command.approval);
}

Outcome decide(Instant at, Sign const& command, Facts const& facts) {
  if (!facts.row) return refuse(RefusalCode::not_found, "no open approval has this id");
  if (at >= facts.row->expires_at)
    return refuse(RefusalCode::conflict, "the deadline of this approval has passed");
  if (auto why = objection(command, facts)) return refuse(RefusalCode::forbidden, std::move(*why));
  bool const granted = facts.row->missing() <= 1;
  Outcome outcome =
      about(*facts.row,
            Signed{.approval = command.approval, .granted = granted, .person = command.person});
  if (granted)
    outcome.reply = Granted{command.approval};
  else
    outcome.reply = NeedsApproval{command.approval};
  return outcome;
}

Outcome decide(Instant, Withdraw const& command, Facts const& facts) {
  if (!facts.row) return refuse(RefusalCode::not_found, "no open approval has this id");
  Row const& row = *facts.row;
  bool const of_the_file = row.proposer.value().empty();
  if (of_the_file && !row.counted.contains(command.person))
    return refuse(RefusalCode::forbidden,
                  "only who counted when the configuration file asked for it may withdraw it");
  if (!of_the_file && command.person != row.proposer)
    return refuse(RefusalCode::forbidden,
                  "only " + row.proposer.value() + ", who proposed it, may withdraw it");
  return about(*facts.row, Aborted{.approval = command.approval, .reason = "withdrawn"});
}

Outcome decide(Instant at, Expire const& command, Facts const& facts) {
  if (!facts.row || at < facts.row->expires_at) return nothing();
  return about(*facts.row, Aborted{.approval = command.approval, .reason = "deadline"});
}

Outcome decide(Instant, End const& command, Facts const& facts) {
  if (!facts.row) return nothing();
  return about(*facts.row, Aborted{.approval = command.approval, .reason = command.reason});
}

void apply(State& state, Header const&, Proposed const& event) {
  state.approvals.put(event.approval, event.row);
  state.deadlines.set(due(event.approval), event.row.expires_at);
  ++state.ledger.approvals;
}

// What was granted stays until the next event, which uses it up (core.cc).
void apply(State& state, Header const&, Signed const& event) {
  Row& row = state.approvals.edit(event.approval);
  if (event.person != row.proposer) row.signers.insert(event.person);
  if (!event.granted) return;
  state.deadlines.clear(due(event.approval), row.expires_at);
  state.ledger.granted = event.approval;
}

// One that was granted in vain is used up already.
void apply(State& state, Header const&, Aborted const& event) {
  Row const* row = state.approvals.find(event.approval);
  if (row == nullptr) return;
  state.deadlines.clear(due(event.approval), row->expires_at);
  state.approvals.erase(event.approval);
}

}  // namespace tally::domain::approval
