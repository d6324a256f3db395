#pragma once

// The error engine's shares of gather, decide and apply (core.h).

#include "domain/core.h"

namespace tally::domain::error {

Facts gather(State const& state, Recorded const& command, Moment const& moment);
Outcome decide(Instant at, Recorded const& command, Facts const& facts);
void apply(State& state, Header const& header, Recorded const& event);

}  // namespace tally::domain::error
