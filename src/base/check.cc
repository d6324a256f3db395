#include "base/check.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace tally {

namespace {
thread_local bool trapped = false;
}  // namespace

CheckTrap::CheckTrap() : outer_(trapped) { trapped = true; }
CheckTrap::~CheckTrap() { trapped = outer_; }

void fail_check(char const* file, int line, std::string_view what) {
  if (trapped) throw BrokenAssumption(std::string(what));
  std::fprintf(stderr, "%s:%d: broken assumption: %.*s\n", file, line,
               static_cast<int>(what.size()), what.data());
  std::abort();
}

}  // namespace tally
