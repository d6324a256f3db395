#include "platform/os_entropy.h"

#include <sys/random.h>

#include <cerrno>

#include "base/check.h"

namespace tally::platform {

void OsEntropy::fill(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    auto const got = ::getrandom(bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    TALLY_CHECK(got > 0, "the operating system gives no random bytes");
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace tally::platform
