#include "server/wiring/lane_queue.h"

#include <gtest/gtest.h>

namespace tally::wiring {
namespace {

constexpr ports::LaneLimits kReads = ports::kLaneLimits[1];

struct Tried {
  LaneQueue queue{kReads};
  std::string ran;

  bool put(std::string owner, std::string name) {
    return queue.put({.owner = std::move(owner), .run = [this, name] { ran += name + " "; }});
  }
  std::string run_all() {
    while (auto task = queue.take()) (*task)();
    return std::exchange(ran, {});
  }
};

TEST(LaneQueue, LetsNobodyWaitForAllPagesOfOneTenant) {
  Tried tried;
  for (int i = 0; i < 900; ++i) tried.put("greedy", "page");
  EXPECT_TRUE(tried.put("victim", "victim"));
  auto const first = tried.run_all().substr(0, 16);
  EXPECT_NE(first.find("victim"), std::string::npos) << first;
}

TEST(LaneQueue, RefusesATenantPastItsShareAndNobodyElse) {
  Tried tried;
  for (std::size_t i = 0; i < kReads.of_owner_max; ++i) EXPECT_TRUE(tried.put("greedy", "page"));
  EXPECT_FALSE(tried.put("greedy", "page"));
  EXPECT_TRUE(tried.put("victim", "page"));
  EXPECT_EQ(tried.queue.count().refused, 1u);
  EXPECT_EQ(tried.queue.count().waiting, kReads.of_owner_max + 1);
}

TEST(LaneQueue, BoundsWhatAllOwnersTogetherMayLeave) {
  Tried tried;
  std::size_t taken = 0;
  for (std::size_t i = 0; i < 2 * kReads.waiting_max; ++i)
    taken += tried.put("tenant" + std::to_string(i), "page") ? 1u : 0u;
  EXPECT_EQ(taken, kReads.waiting_max);
}

TEST(LaneQueue, BeginsOneOwnersTasksInTheirOrder) {
  Tried tried;
  for (char const* name : {"1", "2", "3"}) tried.put("one", name);
  tried.put("other", "o");
  EXPECT_EQ(tried.run_all(), "1 o 2 3 ");
}

}  // namespace
}  // namespace tally::wiring
