#pragma once

// The mode engine's shares of gather, decide and apply (core.h).

#include "domain/core.h"

namespace tally::domain::mode {

SetFacts gather(State const& state, Set const& command, Moment const& moment);
Outcome decide(Instant at, Set const& command, SetFacts const& facts);
void apply(State& state, Header const& header, Changed const& event);

// The row in force for a scope; normal where nothing was set.
Row current(State const& state, Scope const& scope);

// Replaces `strictest` by what is in force for `scope` if that is stricter; of two equally strict
// ones the first stays.
void raise(State const& state, Scope scope, std::optional<Standstill>& strictest);

}  // namespace tally::domain::mode
