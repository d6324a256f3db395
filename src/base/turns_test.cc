#include "base/turns.h"

#include <gtest/gtest.h>

namespace tally {
namespace {

std::string all_of(Turns<std::string>& turns) {
  std::string order;
  while (auto item = turns.take()) order += *item + " ";
  return order;
}

TEST(Turns, ServeEachOwnerBeforeAnyIsServedAgain) {
  Turns<std::string> turns;
  for (char const* item : {"a1", "a2", "a3", "b1", "c1", "b2"})
    turns.put(std::string_view(item).substr(0, 1), item);
  EXPECT_EQ(turns.size(), 6u);
  EXPECT_EQ(turns.size_of("a"), 3u);
  EXPECT_EQ(all_of(turns), "a1 b1 c1 a2 b2 a3 ");
  EXPECT_TRUE(turns.empty());
  EXPECT_EQ(turns.size_of("a"), 0u);
}

TEST(Turns, LetWhoComesLateWaitForOneThingOfEachOther) {
  Turns<std::string> turns;
  for (int i = 0; i < 1000; ++i) turns.put("greedy", "g");
  (void)turns.take();
  turns.put("late", "late");
  EXPECT_EQ(*turns.take(), "g");
  EXPECT_EQ(*turns.take(), "late");
}

}  // namespace
}  // namespace tally
