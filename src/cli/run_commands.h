#pragma once

// What the commands about runs share.

#include "cli/command.h"
#include "wire/run_messages.h"

namespace tally::cli {

// tally run submit (run_submit.cc).
Action declare_submit(Arguments& arguments);

void show_run(Console& console, wire::Run const& run);
// False while a run is queued or running.
bool is_final(std::string_view status);
// What a script that waited for the run learns.
ExitCode code_of(wire::Run const& run);

}  // namespace tally::cli
