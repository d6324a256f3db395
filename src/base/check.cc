#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace tally {

void fail_check(char const* file, int line, std::string_view what) {
  std::fprintf(stderr, "%s:%d: broken assumption: %.*s\n", file, line,
               static_cast<int>(what.size()), what.data());
  std::abort();
}

}  // namespace tally
