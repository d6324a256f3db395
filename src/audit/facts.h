#pragma once

// "Was this decision made on what was true?" The fold has the state that stood in front of it, so
// `gather` can be asked once more.

#include <vector>

#include "audit/replay.h"
#include "domain/core.h"

namespace tally::audit {

// Where the facts recorded with a decision's first event are not those that `gather` reads from the
// state in front of it; empty if they are, and for an event without a snapshot. What the loop's
// volatile tables said (domain::Moment) stands in no event before, and is taken as it was recorded.
std::vector<Difference> false_facts(domain::State const& before, domain::Recorded const& first);

}  // namespace tally::audit
