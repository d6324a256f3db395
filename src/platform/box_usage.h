#pragma once

// How much of the disk an execution uses where no file system of its own bounds it: the quota of
// the levels landlock and rlimit. What was deleted and is still open counts; what was only mapped
// and then deleted and closed does not, and is bounded by the limit on memory.

#include <cstdint>
#include <string>

namespace tally::platform {

// What a file or directory counts at least, so that there are never many of them.
inline constexpr std::uint64_t kFileCountsAsBytes = 4096;

// Whether the files below `directory`, and those without a name that the processes of the process
// group `group` hold open, take more than `bytes_max`. A directory that the work made unreadable
// counts as too much.
bool uses_more_than(std::uint64_t bytes_max, std::string const& directory, int group);

}  // namespace tally::platform
