#pragma once

// `tally` as a function: reads the arguments, runs the one command that they name, and returns
// its exit code. Never throws.

#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/exit_code.h"

namespace tally::cli {

inline constexpr std::string_view kServerDefault = "http://127.0.0.1:7070";
inline constexpr std::string_view kDataDefault = "data";

// `arguments` without the program's name.
ExitCode run_program(std::vector<std::string> arguments, Environment const& environment,
                     Console& console);

}  // namespace tally::cli
