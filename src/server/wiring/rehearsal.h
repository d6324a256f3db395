#pragma once

// A start records nothing of what it was asked for unless it can record all of it: the commands
// that it begins with are decided beforehand, on a copy of the rows that they read.

#include <vector>

#include "base/result.h"
#include "domain/command.h"
#include "domain/state.h"

namespace tally::wiring {

// What the commands of a start read. Of runs only the last of each schedule, and no answers of
// idempotency keys: these are what makes a state large.
domain::State rows_of_directory(domain::State const& state);

// Decides the commands one after the other, as the loop will. Error: every refusal, a line each,
// under the code of the first. What only the mode in force forbids is none: that start serves.
Result<void> rehearse(domain::State rows, std::vector<domain::Command> const& commands, Instant at);

}  // namespace tally::wiring
