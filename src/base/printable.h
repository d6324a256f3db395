#pragma once

// A text of unknown origin (a file's bytes, a path, what a library says) as one line that may be
// written to a log, a leaf or a terminal.

#include <string>
#include <string_view>

namespace tally {

// Valid UTF-8 of at most `bytes_max` bytes: control characters and bytes that are no UTF-8 become
// "\xNN". Nothing is hidden: for secrets see redacted().
std::string printable(std::string_view text, std::size_t bytes_max);

}  // namespace tally
