#include "platform/os_entropy.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/check.h"

namespace tally::platform {

namespace {

struct Page {
  std::array<std::uint8_t, 4096> bytes{};
  std::size_t used = bytes.size();
};
constexpr std::size_t kFromPageMax = 24;  // ids, salts, nonces; keys are longer

void ask_kernel(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    auto const got = ::getrandom(bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    TALLY_CHECK(got > 0, "the operating system gives no random bytes");
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace

void OsEntropy::fill(std::span<std::uint8_t> bytes) {
  if (bytes.size() > kFromPageMax) return ask_kernel(bytes);
  thread_local Page page;
  if (page.used + bytes.size() > page.bytes.size()) {
    ask_kernel(page.bytes);
    page.used = 0;
  }
  auto const taken = std::span(page.bytes).subspan(page.used, bytes.size());
  std::ranges::copy(taken, bytes.begin());
  page.used += bytes.size();
}

}  // namespace tally::platform
