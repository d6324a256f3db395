#pragma once

// The schedule engine's shares of gather, decide and apply (core.h), and what is asked when a slot
// has come.

#include "domain/core.h"

namespace tally::domain::schedule {

SetFacts gather(State const& state, Set const& command, Moment const& moment);
FireFacts gather(State const& state, Fire const& command, Moment const& moment);

Outcome decide(Instant at, Set const& command, SetFacts const& facts);
Outcome decide(Instant at, Fire const& command, FireFacts const& facts);

void apply(State& state, Header const& header, WasSet const& event);
void apply(State& state, Header const& header, Missed const& event);
void apply(State& state, Header const& header, Fired const& event);
void apply(State& state, Header const& header, Skipped const& event);

// Slots of one schedule that are counted at most; what lies behind them is counted no further.
inline constexpr std::int64_t kCountedMost = 100'000;

// The command for the schedule of that number, whose slot has come by `at`. `began`: since when
// this process decides; a slot before it was missed, even if it was one only. None: no such
// schedule, or its zone is not known any more.
std::optional<Fire> fire(State const& state, std::int64_t number, Instant at, Instant began,
                         NextAfter const& next_after);

}  // namespace tally::domain::schedule
