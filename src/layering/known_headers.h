#pragma once

// Headers that come with the language or the operating system and need no permission.

#include <string_view>

namespace tally::layering {

// True for the C++20 and C17 standard libraries, POSIX.1-2017, Linux's own (<sys/...>,
// <linux/...>) and the compiler's intrinsics. C++23 names are included: they are not third-party.
bool is_system_header(std::string_view header);

}  // namespace tally::layering
