#include "domain/answers.h"
#include "domain/run/decide.h"
#include "domain/system/decide.h"

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

}  // namespace

template <class C>
Facts gather(State const& state, C const& command, Moment const&) {
  return {.opened = state.ledger.seq_next > 0, .same = is_recorded(state, command)};
}

template <class C>
Outcome decide(Instant, C const& command, Facts const& facts) {
  if (facts.same) return nothing();
  if (!std::is_same_v<C, Opened> && !facts.opened)
    return refuse(RefusalCode::conflict, "the ledger is not open");
  return {.events = {system::Events(command)}, .reply = Done{}, .run = {}, .tenant = {}};
}

#define TALLY_SELF_RECORDED(C)                                  \
  template Facts gather(State const&, C const&, Moment const&); \
  template Outcome decide(Instant, C const&, Facts const&)
TALLY_SELF_RECORDED(Opened);
TALLY_SELF_RECORDED(ServerStarted);
TALLY_SELF_RECORDED(CheckpointSigned);
TALLY_SELF_RECORDED(RefusalsCounted);
TALLY_SELF_RECORDED(ArchiveAdvanced);
TALLY_SELF_RECORDED(ClockStepped);
#undef TALLY_SELF_RECORDED

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

void apply(State&, Header const&, ClockStepped const&) {}

}  // namespace tally::domain::system
