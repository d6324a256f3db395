#pragma once

// Broken assumptions stop the process, in release too: a wrong balance must never be served.

#include <string_view>

namespace tally {

[[noreturn]] void fail_check(char const* file, int line, std::string_view what);

}  // namespace tally

#define TALLY_CHECK(condition, what)                                 \
  do {                                                               \
    if (!(condition)) ::tally::fail_check(__FILE__, __LINE__, what); \
  } while (false)
