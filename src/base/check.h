#pragma once

// Broken assumptions stop the process, in release too: a wrong balance must never be served.

#include <stdexcept>
#include <string_view>

namespace tally {

[[noreturn]] void fail_check(char const* file, int line, std::string_view what);

// What reads logs from outside, and the simulator, want a report instead of the end: while a
// CheckTrap lives on a thread, a broken assumption there is thrown. Caught in the same function.
struct BrokenAssumption : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class CheckTrap {
 public:
  CheckTrap();
  ~CheckTrap();
  CheckTrap(CheckTrap const&) = delete;
  CheckTrap& operator=(CheckTrap const&) = delete;

 private:
  bool outer_;
};

}  // namespace tally

#define TALLY_CHECK(condition, what)                                 \
  do {                                                               \
    if (!(condition)) ::tally::fail_check(__FILE__, __LINE__, what); \
  } while (false)
