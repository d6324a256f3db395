#pragma once

// The command that is decided when a deadline has come (deadlines.h). Where the decision changes
// nothing, the loop asks again later.

#include "domain/command.h"
#include "domain/deadlines.h"
#include "domain/state.h"

namespace tally::domain {

struct DueCommand {
  Command command;
  std::optional<RunId> run;  // whose correlation it belongs to
};
struct DueMoment {
  Instant at;
  Instant began;                          // since when this process decides
  schedule::NextAfter const& next_after;  // the calendar (ports/calendar.h); may be empty
};
// None: nothing can be decided now (a time zone that is not known any more).
std::optional<DueCommand> due_command(State const& state, DueId what, DueMoment const& moment);

}  // namespace tally::domain
