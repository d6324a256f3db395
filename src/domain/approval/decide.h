#pragma once

// The approval engine's shares of gather, decide and apply (core.h).

#include "domain/core.h"

namespace tally::domain::approval {

Facts gather(State const& state, Sign const& command, Moment const& moment);
Facts gather(State const& state, Withdraw const& command, Moment const& moment);
Facts gather(State const& state, Expire const& command, Moment const& moment);
Facts gather(State const& state, End const& command, Moment const& moment);
Outcome decide(Instant at, Sign const& command, Facts const& facts);
Outcome decide(Instant at, Withdraw const& command, Facts const& facts);
Outcome decide(Instant at, Expire const& command, Facts const& facts);
Outcome decide(Instant at, End const& command, Facts const& facts);
void apply(State& state, Header const& header, Proposed const& event);
void apply(State& state, Header const& header, Signed const& event);
void apply(State& state, Header const& header, Aborted const& event);

}  // namespace tally::domain::approval
