#include "domain/mode/decide.h"
#include "domain/who_counts.h"

namespace tally::domain::mode {

namespace {

bool stands_still(Mode mode) { return mode >= Mode::stop; }

// Leaving stop or halt is what one person may not do alone; raising a mode, and ending safe, is.
bool is_left(Mode from, Mode to) { return to < from && from >= Mode::stop; }

bool is_known(State const& state, Scope const& scope) {
  switch (scope.kind) {
    case ScopeKind::everything:
      return scope.id.empty();
    case ScopeKind::tenant:
      return state.tenants.find(TenantId(scope.id)) != nullptr;
    case ScopeKind::job:
      return state.jobs.find(JobName(scope.id)) != nullptr;
    case ScopeKind::key: {
      auto const key = parse_id<KeyId>(scope.id);
      return key && state.keys.find(*key) != nullptr;
    }
    case ScopeKind::run: {
      auto const run = parse_id<RunId>(scope.id);
      return run && state.runs.find(*run) != nullptr;
    }
  }
  return false;
}

}  // namespace

Row current(State const& state, Scope const& scope) {
  Row const* row = state.modes.find(scope);
  return row == nullptr ? Row{} : *row;
}

void raise(State const& state, Scope scope, std::optional<Standstill>& strictest) {
  Row const* row = state.modes.find(scope);
  if (row == nullptr || (strictest && strictest->mode >= row->mode)) return;
  strictest = Standstill{
      .mode = row->mode, .reason = row->reason, .scope = std::move(scope), .since = row->since};
}

std::optional<std::string> objection(Row const& current, Mode mode, Instant at) {
  if (current.mode == Mode::halt && mode != Mode::safe)
    return "a halt is lifted to safe mode, which then stands for 48 h, and to nothing else";
  if (mode == Mode::normal && current.safe_until && at < *current.safe_until)
    return "safe mode stands for 48 h after a halt, until " + to_rfc3339(*current.safe_until);
  return std::nullopt;
}

Changed change(Scope const& scope, Row const& current, WorkClock const& clock, Mode mode,
               std::string reason, PersonId person, Instant at) {
  Changed event;
  event.from = current.mode;
  event.person = std::move(person);
  event.row = {.mode = mode, .reason = std::move(reason), .safe_until = {}, .since = at};
  if (current.safe_until && at < *current.safe_until) event.row.safe_until = current.safe_until;
  if (current.mode == Mode::halt && mode == Mode::safe) event.row.safe_until = at + kSafeAfterHalt;
  event.scope = scope;
  event.work_clock = clock;
  if (scope.kind != ScopeKind::everything) return event;
  if (stands_still(mode) && !clock.standing_since) event.work_clock.standing_since = at;
  if (!stands_still(mode) && clock.standing_since) {
    event.work_clock.paused = clock.paused + (at - *clock.standing_since);
    event.work_clock.standing_since.reset();
  }
  return event;
}

SetFacts gather(State const& state, Set const& command, Moment const& moment) {
  SetFacts facts;
  facts.current = current(state, command.scope);
  if (is_left(facts.current.mode, command.mode))
    facts.approvers = approvers_of(state, mode::Commands(command), command.asked_with, moment.at);
  facts.scope_known = is_known(state, command.scope);
  facts.work_clock = state.ledger.work_clock;
  return facts;
}

Outcome decide(Instant at, Set const& command, SetFacts const& facts) {
  Mode const from = facts.current.mode;
  if (!facts.scope_known) return refuse(RefusalCode::not_found, "no such scope");
  if (command.mode == from) return {.events = {}, .reply = Done{}, .run = {}, .tenant = {}};
  if (auto why = objection(facts.current, command.mode, at))
    return refuse(RefusalCode::conflict, std::move(*why));
  if (is_left(from, command.mode)) {
    TALLY_CHECK(facts.approvers.has_value(), "a resume without those who decide it");
    auto const& approved = facts.approvers->approved;
    if (!approved)
      return not_alone({.approvers = *facts.approvers,
                        .person = command.person,
                        .run = {},
                        .tenant = {},
                        .what = "leave " + std::string(name_of(from)) + " for " +
                                std::string(name_of(command.mode))});
    if (facts.current.since > approved->proposed_at)
      return refuse(RefusalCode::conflict,
                    "the mode changed since this was proposed: propose it again");
  }
  return {.events = {mode::Events(change(command.scope, facts.current, facts.work_clock,
                                         command.mode, command.reason, command.person, at))},
          .reply = Done{},
          .run = {},
          .tenant = {}};
}

void apply(State& state, Header const&, Changed const& event) {
  if (event.row.mode == Mode::normal)
    state.modes.erase(event.scope);
  else
    state.modes.put(event.scope, event.row);
  state.ledger.work_clock = event.work_clock;
}

}  // namespace tally::domain::mode
