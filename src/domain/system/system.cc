#include "domain/answers.h"
#include "domain/run/decide.h"
#include "domain/system/decide.h"
#include "domain/who_counts.h"

namespace tally::domain::system {

namespace {

bool is_recorded(State const& state, Opened const&) { return state.ledger.seq_next > 0; }
bool is_recorded(State const& state, CheckpointSigned const& command) {
  return command.size <= state.ledger.checkpoint_size;
}
bool is_recorded(State const& state, ArchiveAdvanced const& command) {
  bool const runs =
      !state.finished.empty() && state.finished.begin()->first < command.finished_before;
  bool const keys = !state.key_ends.empty() && state.key_ends.begin()->first < command.keys_before;
  return !runs && !keys;
}
template <class C>
bool is_recorded(State const&, C const&) {
  return false;
}

Outcome nothing() { return {.events = {}, .reply = Done{}, .run = {}, .tenant = {}}; }

// Nothing could ever be approved again.
std::optional<std::string> too_large(std::int64_t quorum, std::int64_t named) {
  if (named < 2 || quorum <= named) return std::nullopt;
  return "a quorum of " + std::to_string(quorum) + " is more than the " + std::to_string(named) +
         " people who have the role approver or admin: name more people first, or lower it";
}

}  // namespace

Facts gather(State const& state, ConfigChanged const& command, Moment const& moment) {
  Facts facts{.approvers = approvers_of(state, system::Commands(command), {}, moment.at),
              .current = state.settings,
              .opened = state.ledger.seq_next > 0,
              .same = false};
  return facts;
}

// The quorum of a file is a proposal of whoever can write the file. While two or more people count
// it changes by their decision alone (SetQuorum), and the one in force stays.
Outcome decide(Instant, ConfigChanged const& command, Facts const& facts) {
  if (!facts.opened) return refuse(RefusalCode::conflict, "the ledger is not open");
  TALLY_CHECK(facts.approvers && facts.current, "settings without what they are held against");
  ConfigChanged event = command;
  if (facts.approvers->counted.size() >= 2) event.settings.quorum = facts.current->quorum;
  if (auto why = too_large(event.settings.quorum, facts.approvers->named()))
    return refuse(RefusalCode::conflict, std::move(*why));
  if (event.settings == *facts.current) return nothing();
  return {.events = {system::Events(std::move(event))}, .reply = Done{}, .run = {}, .tenant = {}};
}

Facts gather(State const& state, SetQuorum const& command, Moment const& moment) {
  return {
      .approvers = approvers_of(state, system::Commands(command), command.asked_with, moment.at),
      .current = state.settings,
      .opened = state.ledger.seq_next > 0,
      .same = false};
}

Outcome decide(Instant, SetQuorum const& command, Facts const& facts) {
  TALLY_CHECK(facts.approvers && facts.current, "a quorum without those who decide it");
  if (command.quorum < kQuorumMin || command.quorum > kQuorumMax)
    return refuse(Refusal{.code = RefusalCode::validation_error,
                          .detail = "a quorum is from 2 to 10 people in all",
                          .pointer = "/quorum",
                          .shortage = {},
                          .retry_after = {}});
  if (command.quorum == facts.current->quorum) return nothing();
  if (auto why = too_large(command.quorum, facts.approvers->named()))
    return refuse(RefusalCode::conflict, std::move(*why));
  if (!facts.approvers->approved)
    return not_alone({.approvers = *facts.approvers,
                      .deadline = kQuorumDeadline,
                      .person = command.person,
                      .run = {},
                      .tenant = {},
                      .what = "a quorum of " + std::to_string(command.quorum) + " in place of " +
                              std::to_string(facts.current->quorum)});
  ConfigChanged event{.reason = command.reason, .settings = *facts.current};
  event.settings.quorum = command.quorum;
  return {.events = {system::Events(std::move(event))}, .reply = Done{}, .run = {}, .tenant = {}};
}

template <class C>
Facts gather(State const& state, C const& command, Moment const&) {
  return {.approvers = {},
          .current = {},
          .opened = state.ledger.seq_next > 0,
          .same = is_recorded(state, command)};
}

template <class C>
Outcome decide(Instant, C const& command, Facts const& facts) {
  if (facts.same) return nothing();
  if (!std::is_same_v<C, Opened> && !facts.opened)
    return refuse(RefusalCode::conflict, "the ledger is not open");
  return {.events = {system::Events(command)}, .reply = Done{}, .run = {}, .tenant = {}};
}

#define TALLY_CHRONICLE(C)                                      \
  template Facts gather(State const&, C const&, Moment const&); \
  template Outcome decide(Instant, C const&, Facts const&)
TALLY_CHRONICLE(Opened);
TALLY_CHRONICLE(ServerStarted);
TALLY_CHRONICLE(CheckpointSigned);
TALLY_CHRONICLE(RefusalsCounted);
TALLY_CHRONICLE(ArchiveAdvanced);
TALLY_CHRONICLE(ClockStepped);
#undef TALLY_CHRONICLE

void apply(State& state, Header const&, Opened const& event) {
  state.ledger.ledger = event.ledger;
  state.ledger.origin = event.origin;
  state.ledger.vkey = event.vkey;
  state.ledger.id_key = event.id_key;
}

void apply(State& state, Header const&, ServerStarted const& event) {
  state.ledger.epoch = event.epoch;
}

void apply(State& state, Header const&, CheckpointSigned const& event) {
  state.ledger.checkpoint_size = event.size;
}

void apply(State&, Header const&, RefusalsCounted const&) {}

void apply(State& state, Header const& header, ArchiveAdvanced const& event) {
  while (!state.finished.empty() && state.finished.begin()->first < event.finished_before) {
    run::forget(state, state.finished.begin()->second);
    state.finished.erase(state.finished.begin());
  }
  forget_answers(state, header.at, event);
}

void apply(State& state, Header const&, ConfigChanged const& event) {
  state.settings = event.settings;
}

void apply(State&, Header const&, ClockStepped const&) {}

}  // namespace tally::domain::system
