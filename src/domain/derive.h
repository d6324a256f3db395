#pragma once

// Builds the derived tables of a state that was read from a snapshot. A state that is folded keeps
// them up to date event by event (apply); both ways must give the same tables.

#include "domain/state.h"

namespace tally::domain {

// Before the call `state` has its rows, and its derived tables are empty.
void derive(State& state);

}  // namespace tally::domain
