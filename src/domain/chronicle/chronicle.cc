#include "domain/chronicle/decide.h"
#include "domain/run/engine.h"

namespace tally::domain::chronicle {

namespace {

bool is_recorded(State const& state, Opened const&) { return state.ledger.seq_next > 0; }
bool is_recorded(State const& state, CheckpointSigned const& command) {
  return command.size <= state.ledger.checkpoint_size;
}
bool is_recorded(State const& state, ConfigChanged const& command) {
  return command.settings == state.settings;
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

}  // namespace

template <class C>
Facts gather(State const& state, C const& command, Moment const&) {
  return {.opened = state.ledger.seq_next > 0, .same = is_recorded(state, command)};
}

template <class C>
Outcome decide(Instant, C const& command, Facts const& facts) {
  if (facts.same) return {.events = {}, .reply = Done{}, .run = {}, .tenant = {}};
  if (!std::is_same_v<C, Opened> && !facts.opened)
    return refuse(RefusalCode::conflict, "the ledger is not open");
  return {.events = {ChronicleEvent(command)}, .reply = Done{}, .run = {}, .tenant = {}};
}

#define TALLY_CHRONICLE(C)                                      \
  template Facts gather(State const&, C const&, Moment const&); \
  template Outcome decide(Instant, C const&, Facts const&)
TALLY_CHRONICLE(Opened);
TALLY_CHRONICLE(ServerStarted);
TALLY_CHRONICLE(CheckpointSigned);
TALLY_CHRONICLE(RefusalsCounted);
TALLY_CHRONICLE(ArchiveAdvanced);
TALLY_CHRONICLE(ConfigChanged);
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

void apply(State& state, Header const&, ArchiveAdvanced const& event) {
  while (!state.finished.empty() && state.finished.begin()->first < event.finished_before) {
    run::forget(state, state.finished.begin()->second);
    state.finished.erase(state.finished.begin());
  }
  while (!state.key_ends.empty() && state.key_ends.begin()->first < event.keys_before) {
    state.answered.erase(state.key_ends.begin()->second);
    state.key_ends.erase(state.key_ends.begin());
  }
}

void apply(State& state, Header const&, ConfigChanged const& event) {
  state.settings = event.settings;
}

void apply(State&, Header const&, ClockStepped const&) {}

}  // namespace tally::domain::chronicle
