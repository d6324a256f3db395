#pragma once

// The budget engine's shares of gather, decide and apply (core.h).

#include "domain/core.h"

namespace tally::domain::budget {

GrantFacts gather(State const& state, Grant const& command, Moment const& moment);
Outcome decide(Instant at, Grant const& command, GrantFacts const& facts);
void apply(State& state, Header const& header, Granted const& event);

}  // namespace tally::domain::budget
