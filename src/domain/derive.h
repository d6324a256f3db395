#pragma once

// The state's derived tables, made from the others at once: for a state that was read back and not
// folded. Apply keeps them up event by event; both must come to the same.

#include "domain/state.h"

namespace tally::domain {

// `state` has its rows and nothing derived.
void derive(State& state);

}  // namespace tally::domain
