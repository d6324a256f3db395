#include "sim/sim_executor.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tally::sim {
namespace {

using ports::TaskLane;

struct Stepped {
  explicit Stepped(std::uint64_t seed, ports::ExecutorLimits const& limits = ports::kLaneLimits)
      : executor(seed, limits, [this] { ++woken; }) {}
  bool put(TaskLane lane, char name) {
    return executor.run(lane, {.owner = "a", .run = [this, name] { ran += name; }});
  }
  int woken = 0;
  std::string ran;
  SimExecutor executor;
};

TEST(SimExecutor, RunsNothingUntilItIsStepped) {
  Stepped stepped(1);
  EXPECT_TRUE(stepped.put(TaskLane::read, 'r'));
  EXPECT_EQ(stepped.ran, "");
  EXPECT_EQ(stepped.woken, 1);
  EXPECT_TRUE(stepped.executor.step());
  EXPECT_EQ(stepped.ran, "r");
  EXPECT_FALSE(stepped.executor.step());
}

TEST(SimExecutor, StepsLanesInTheOrderOfItsSeedAndEachLaneInItsOwn) {
  std::set<std::string> orders;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    std::string twice[2];
    for (std::string& ran : twice) {
      Stepped stepped(seed);
      for (char name : {'1', '2', '3'}) stepped.put(TaskLane::read, name);
      for (char name : {'a', 'b', 'c'}) stepped.put(TaskLane::probe, name);
      while (stepped.executor.step()) continue;
      ran = stepped.ran;
    }
    EXPECT_EQ(twice[0], twice[1]);
    EXPECT_LT(twice[0].find('1'), twice[0].find('2'));
    EXPECT_LT(twice[0].find('b'), twice[0].find('c'));
    orders.insert(twice[0]);
  }
  EXPECT_GT(orders.size(), 5u);
}

TEST(SimExecutor, RefusesWhatIsPastTheLaneAndForgetsAllWithTheProcess) {
  ports::ExecutorLimits limits = ports::kLaneLimits;
  limits[static_cast<std::size_t>(TaskLane::read)].waiting_max = 2;
  Stepped stepped(1, limits);
  EXPECT_TRUE(stepped.put(TaskLane::read, '1'));
  EXPECT_TRUE(stepped.put(TaskLane::read, '2'));
  EXPECT_FALSE(stepped.put(TaskLane::read, '3'));
  EXPECT_TRUE(stepped.put(TaskLane::probe, 'p'));
  stepped.executor.clear();
  EXPECT_TRUE(stepped.executor.empty());
  EXPECT_FALSE(stepped.executor.step());
  EXPECT_EQ(stepped.ran, "");
}

}  // namespace
}  // namespace tally::sim
