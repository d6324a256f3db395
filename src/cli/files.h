#pragma once

// Files that people name on the command line.

#include <string>

#include "base/result.h"
#include "cli/console.h"

namespace tally::cli {

// A result of a run may have this many bytes; nothing that is read here needs more.
inline constexpr std::size_t kFileBytesMax = std::size_t{256} << 20;

// The whole file; "-" is the console's input. Errors: "unreadable", "too_large".
Result<std::string> read_file(Console& console, std::string const& name);
// Replaces the file; "-" is the console's output. Error "unwritable".
Result<void> write_file(Console& console, std::string const& name, std::string_view bytes);

}  // namespace tally::cli
