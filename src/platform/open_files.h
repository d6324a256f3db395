#pragma once

// How many files and sockets this process may have open at once (RLIMIT_NOFILE).

#include <cstdint>

namespace tally::platform {

// Raises the limit in force to the most that the system grants this process, and returns it. The
// customary 1,024 is for programs that use select(); nobody here does.
std::uint64_t raise_open_files_limit();

}  // namespace tally::platform
