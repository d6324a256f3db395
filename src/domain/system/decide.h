#pragma once

// The system engine's shares of gather, decide and apply (core.h). Most of its commands and events
// are the same types: what the ledger is told about itself is what it records.

#include "domain/core.h"

namespace tally::domain::system {

template <class C>
Facts gather(State const& state, C const& command, Moment const& moment);
template <class C>
Outcome decide(Instant at, C const& command, Facts const& facts);

SettingsFacts gather(State const& state, ChangeSettings const& command, Moment const& moment);
Outcome decide(Instant at, ChangeSettings const& command, SettingsFacts const& facts);

void apply(State& state, Header const& header, Opened const& event);
void apply(State& state, Header const& header, ServerStarted const& event);
void apply(State& state, Header const& header, CheckpointSigned const& event);
void apply(State& state, Header const& header, RefusalsCounted const& event);
void apply(State& state, Header const& header, ArchiveAdvanced const& event);
void apply(State& state, Header const& header, ConfigChanged const& event);
void apply(State& state, Header const& header, ClockStepped const& event);

}  // namespace tally::domain::system
