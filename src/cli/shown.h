#pragma once

// How times, states and amounts look to people; with --json they look as the API has them.

#include <string>
#include <string_view>

#include "base/time.h"
#include "cli/console.h"

namespace tally::cli {

// "2026-11-28 10:03:21", UTC.
std::string moment_text(Instant at);
// "2026-11-28", UTC.
std::string day_text(Instant at);
// "10:03:21.123", UTC: where the day stands elsewhere.
std::string clock_text(Instant at);
// The colour of a run's status, and of what a decision on it came to.
Tone tone_of(std::string_view status);

}  // namespace tally::cli
