#include <algorithm>

#include "domain/approval/decide.h"
#include "domain/approval/propose.h"
#include "domain/mode/decide.h"
#include "domain/next_id.h"
#include "domain/run/settled.h"

namespace tally::domain {

bool may_approve(directory::Person const& person) {
  return person.roles.contains("approver") || person.roles.contains("admin");
}

std::int64_t people_who_approve(State const& state, PersonId const& proposer) {
  std::int64_t others = 0;
  state.people.each([&](PersonId const& id, directory::Person const& person) {
    if (id != proposer && may_approve(person)) ++others;
  });
  return others + 1;
}

}  // namespace tally::domain

namespace tally::domain::approval {

namespace {

// Somebody whom the proposer added this recently does not count as a second person.
constexpr Duration kStrangerFor = hours(24);

Outcome nothing() { return {.events = {}, .reply = Done{}, .run = {}, .tenant = {}}; }

Facts facts_of(State const& state, ApprovalId approval) {
  Facts facts;
  Row const* row = state.approvals.find(approval);
  if (row == nullptr) return facts;
  facts.row = *row;
  facts.current = mode::current(state, row->subject.scope);
  facts.work_clock = state.ledger.work_clock;
  run::Row const* subject = row->subject.run ? state.runs.find(*row->subject.run) : nullptr;
  if (subject != nullptr) {
    facts.run = run::situation_of(*subject);
    facts.balances = state.tenants.at(subject->tenant).balances;
  }
  return facts;
}

std::optional<Refusal> objection(Instant at, Sign const& command, Facts const& facts) {
  auto no = [](RefusalCode code, std::string detail) {
    return Refusal{.code = code,
                   .detail = std::move(detail),
                   .pointer = {},
                   .shortage = {},
                   .retry_after = {}};
  };
  if (!facts.row) return no(RefusalCode::not_found, "no such open approval");
  if (at >= facts.row->expires_at)
    return no(RefusalCode::conflict, "the deadline of this approval has passed");
  if (!facts.signer_may) return no(RefusalCode::forbidden, "only an approver or admin may sign");
  if (command.person == facts.row->proposer || facts.row->signers.contains(command.person))
    return no(RefusalCode::forbidden, "an approval needs distinct people");
  if (facts.row->subject.kind == Kind::audit && facts.current.mode == mode::Mode::halt)
    return no(RefusalCode::halted, "no money moves while everything is halted");
  if (facts.fresh_signer)
    return no(RefusalCode::forbidden, "a person added by the proposer within 24 h does not count");
  return std::nullopt;
}

// What the approval brings about, if the world still is as it was proposed for.
std::optional<Event> effect(Instant at, PersonId const& signer, Facts const& facts) {
  Subject const& subject = facts.row->subject;
  if (subject.kind == Kind::resume) {
    Instant const proposed_at = facts.row->expires_at - mode::kResumeDeadline;
    bool const changed = facts.current.mode < mode::Mode::stop || facts.current.since > proposed_at;
    if (changed || mode::objection(facts.current, subject.mode, at)) return std::nullopt;
    return ModeEvent(mode::change(subject.scope, facts.current, facts.work_clock, subject.mode,
                                  subject.reason, signer, at));
  }
  if (!facts.run || facts.run->phase != run::Phase::audit_required) return std::nullopt;
  run::RunFacts run_facts;
  run_facts.balances = facts.balances;
  run_facts.run = subject.run;
  run_facts.situation = facts.run;
  run::Phase const phase = facts.run->result_digest ? run::Phase::succeeded : run::Phase::failed;
  run::Settled event = run::settled(run_facts, phase, subject.charge, "audit_resolved");
  if (phase == run::Phase::failed) {
    event.error_code = facts.run->reason;
    event.error_detail = "resolved by two people after an audit";
  }
  return RunEvent(std::move(event));
}

}  // namespace

Outcome propose(Proposal proposal, Event effect) {
  bool const alone = proposal.people <= 1;
  if (!alone && proposal.quorum > proposal.people)
    return refuse(RefusalCode::conflict,
                  "the quorum is larger than the number of people who may approve");
  Row row;
  row.expires_at = proposal.expires_at;
  row.proposer = proposal.proposer;
  row.quorum = alone ? 1 : proposal.quorum;
  row.single_operator = alone;
  row.subject = std::move(proposal.subject);
  std::optional<RunId> const run = row.subject.run;
  Outcome outcome{
      .events = {ApprovalEvent(Proposed{.approval = proposal.id, .row = std::move(row)})},
      .reply = NeedsApproval{proposal.id},
      .run = run,
      .tenant = {}};
  if (!alone) return outcome;
  outcome.events.emplace_back(
      ApprovalEvent(Signed{.approval = proposal.id, .granted = true, .person = proposal.proposer}));
  outcome.events.push_back(std::move(effect));
  outcome.reply = Done{};
  return outcome;
}

Facts gather(State const& state, Sign const& command, Moment const& moment) {
  Facts facts = facts_of(state, command.approval);
  directory::Person const* signer = state.people.find(command.person);
  if (signer == nullptr || !facts.row) return facts;
  facts.signer_may = may_approve(*signer);
  facts.fresh_signer =
      signer->added_by == facts.row->proposer && moment.at - signer->added_at < kStrangerFor;
  return facts;
}

Facts gather(State const& state, Expire const& command, Moment const&) {
  return facts_of(state, command.approval);
}

Outcome decide(Instant at, Sign const& command, Facts const& facts) {
  if (auto refusal = objection(at, command, facts)) return refuse(std::move(*refusal));
  auto const people = static_cast<std::int64_t>(facts.row->signers.size()) + 2;
  bool const granted = people >= facts.row->quorum;
  Outcome outcome;
  outcome.run = facts.row->subject.run;
  if (facts.run) outcome.tenant = facts.run->tenant;
  outcome.events.emplace_back(ApprovalEvent(
      Signed{.approval = command.approval, .granted = granted, .person = command.person}));
  if (!granted) return outcome;
  auto event = effect(at, command.person, facts);
  if (!event)
    return refuse(RefusalCode::conflict,
                  "what this approval is about is no longer as it was proposed");
  outcome.events.push_back(std::move(*event));
  return outcome;
}

Outcome decide(Instant at, Expire const& command, Facts const& facts) {
  if (!facts.row || at < facts.row->expires_at) return nothing();
  Aborted event{.approval = command.approval, .reason = "deadline"};
  return {.events = {ApprovalEvent(std::move(event))},
          .reply = Done{},
          .run = facts.row->subject.run,
          .tenant = {}};
}

void apply(State& state, Header const&, Proposed const& event) {
  state.approvals.put(event.approval, event.row);
  state.deadlines.approvals.emplace(event.row.expires_at, event.approval);
  ++state.ledger.approvals;
}

void apply(State& state, Header const&, Signed const& event) {
  Row& row = state.approvals.edit(event.approval);
  row.signers.insert(event.person);
  if (!event.granted) return;
  state.deadlines.approvals.erase(std::pair(row.expires_at, event.approval));
  state.approvals.erase(event.approval);
}

void apply(State& state, Header const&, Aborted const& event) {
  state.deadlines.approvals.erase(
      std::pair(state.approvals.at(event.approval).expires_at, event.approval));
  state.approvals.erase(event.approval);
}

}  // namespace tally::domain::approval
