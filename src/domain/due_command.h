#pragma once

// The command that is decided when a deadline has come (deadlines.h). It may come to nothing; then
// it is asked again later.

#include "domain/command.h"
#include "domain/deadlines.h"

namespace tally::domain {

struct DueCommand {
  Command command;
  std::optional<RunId> run;  // whose correlation it belongs to
};
DueCommand due_command(DueId what);

}  // namespace tally::domain
