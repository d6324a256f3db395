#pragma once

// The three functions that everything hangs on, and the only ones that see state, facts or events:
//
//   gather  reads from the state what one decision needs; the only reader of the state
//   decide  turns those facts into an outcome; pure, so replay runs it again on a snapshot
//   apply   folds an event into the state; computes nothing, every value is in the event
//
// The file of the same name in each engine's folder holds its share; these only dispatch.

#include "domain/outcome.h"
#include "domain/permits.h"
#include "domain/state.h"

namespace tally::domain {

// What is known of the moment beside the state: ledger time, and what the loop's volatile tables
// say (facts like any other, recorded with the decision).
struct Moment {
  Instant at;
  bool lease_expired = false;  // for run::Due of kind lease
};

Facts gather(State const& state, Command const& command, Permit permit, Moment const& moment);

// Cuts what a command names to what its record can hold (run::kLeaseJobsRecorded). Before `apply`;
// gather and decide come to the same with what is left.
void shorten(State const& state, Command& command, Facts const& facts);

Outcome decide(Instant at, Command const& command, Facts const& facts);

void apply(State& state, Header const& header, Event const& event);

}  // namespace tally::domain
