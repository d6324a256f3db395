#include "platform/open_files.h"

#include <sys/resource.h>

#include "base/check.h"

namespace tally::platform {

std::uint64_t raise_open_files_limit() {
  struct rlimit limit {};
  TALLY_CHECK(::getrlimit(RLIMIT_NOFILE, &limit) == 0, "a process can ask for its own limits");
  auto const granted = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : granted;
}

}  // namespace tally::platform
