// Whatever a caller sends: the process goes on, nothing is a 500, what was accepted reads back, the
// ledger verifies, and every decision comes out the same again.

#include <gtest/gtest.h>

#include <cstdlib>

#include "requests/life.h"

namespace tally::requests {
namespace {

// Some seconds of lives; with TALLY_LONG=1 some hour.
struct Size {
  std::uint64_t lives;
  int requests;  // of each
};
Size size_of_this_test() {
  char const* const asked = std::getenv("TALLY_LONG");
  bool const is_long = asked != nullptr && std::string_view(asked) == "1";
  return is_long ? Size{.lives = 4'000, .requests = 1'500} : Size{.lives = 4, .requests = 400};
}

std::uint64_t first_seed() {
  char const* const asked = std::getenv("TALLY_SEED");
  return asked == nullptr ? 1 : std::strtoull(asked, nullptr, 10);
}

TEST(AnyRequest, LeavesAServerThatGoesOnAndALedgerThatHolds) {
  std::map<std::string, int> seen;
  auto const [lives, requests] = size_of_this_test();
  for (std::uint64_t seed = first_seed(); seed < first_seed() + lives; ++seed) {
    Life life(seed);
    life.live(requests);
    ASSERT_EQ(life.fault(), "");
    for (auto const& [what, count] : life.seen()) seen[what] += count;
  }
  // A test of refusals alone would say little.
  EXPECT_GT(seen["POST /v1/runs 202"], 0);
  EXPECT_GT(seen["POST /v1/work/lease 200"], 0);
  EXPECT_GT(seen["POST /v1/admin/keys 201"], 0);
  EXPECT_GT(seen["POST /v1/admin/tenants/{tenant}/grants 201"], 0);
  for (api::Route const& route : api::routes()) {
    int asked = 0;
    for (auto const& [what, count] : seen)
      if (what.starts_with(std::string(route.method) + " " + std::string(route.pattern) + " "))
        asked += count;
    EXPECT_GT(asked, 0) << route.method << " " << route.pattern;
  }
}

}  // namespace
}  // namespace tally::requests
