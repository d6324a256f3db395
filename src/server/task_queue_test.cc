#include "server/task_queue.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tally::server {
namespace {

using api::TaskLane;

struct Tried {
  TaskQueue queue;
  std::string ran;

  bool put(TaskLane lane, std::string whose, std::string name) {
    return queue.put(
        {.lane = lane, .whose = std::move(whose), .run = [this, name] { ran += name + " "; }});
  }
  std::string run_all() {
    while (auto task = queue.take()) (*task)();
    return std::exchange(ran, {});
  }
};

constexpr TaskQueue::Bound kRead = TaskQueue::kBounds[static_cast<std::size_t>(TaskLane::read)];
constexpr TaskQueue::Bound kOpen = TaskQueue::kBounds[static_cast<std::size_t>(TaskLane::open)];

TEST(TaskQueue, LetsNobodyWaitForAllPagesOfOneTenant) {
  Tried tried;
  for (int i = 0; i < 900; ++i) tried.put(TaskLane::read, "greedy", "page");
  EXPECT_TRUE(tried.put(TaskLane::read, "victim", "victim"));
  auto const first = tried.run_all().substr(0, 16);
  EXPECT_NE(first.find("victim"), std::string::npos) << first;
}

TEST(TaskQueue, RefusesATenantPastItsShareAndNobodyElse) {
  Tried tried;
  for (std::size_t i = 0; i < kRead.of_owner; ++i)
    EXPECT_TRUE(tried.put(TaskLane::read, "greedy", "page"));
  EXPECT_FALSE(tried.put(TaskLane::read, "greedy", "page"));
  EXPECT_TRUE(tried.put(TaskLane::read, "victim", "page"));
  EXPECT_TRUE(tried.put(TaskLane::write, "greedy", "another kind"));
}

TEST(TaskQueue, BoundsWhatAllStrangersTogetherMayLeave) {
  Tried tried;
  std::size_t taken = 0;
  for (int i = 0; i < 900; ++i)
    taken += tried.put(TaskLane::open, "127.0.0." + std::to_string(i), "tile") ? 1u : 0u;
  EXPECT_EQ(taken, kOpen.all);
  EXPECT_TRUE(tried.put(TaskLane::read, "victim", "page"));
}

TEST(TaskQueue, TellsAnswersBeforeASecondTaskOfAnotherKind) {
  Tried tried;
  for (int i = 0; i < 100; ++i) {
    tried.put(TaskLane::open, "stranger", "o");
    tried.put(TaskLane::read, "greedy", "r");
  }
  (void)tried.queue.take();
  for (char const* name : {"a1", "a2", "a3"}) tried.put(TaskLane::answer, "victim", name);
  auto const order = tried.run_all();
  EXPECT_LT(order.find("a3"), 16u) << order.substr(0, 32);
}

TEST(TaskQueue, NeverRefusesWhatIsDecided) {
  Tried tried;
  for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(tried.put(TaskLane::answer, "victim", ""));
}

TEST(TaskQueue, GivesEveryKindItsTurn) {
  Tried tried;
  for (int i = 0; i < 60; ++i) {
    tried.put(TaskLane::answer, "a", "a");
    tried.put(TaskLane::write, "a", "w");
    tried.put(TaskLane::read, "a", "r");
    tried.put(TaskLane::open, "a", "o");
  }
  auto const order = tried.run_all().substr(0, 24);
  for (char kind : {'a', 'w', 'r', 'o'}) EXPECT_GE(std::ranges::count(order, kind), 2) << order;
}

}  // namespace
}  // namespace tally::server
