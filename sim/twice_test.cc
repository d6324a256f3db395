#include "sim/twice.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tally::sim {
namespace {

TEST(Trace, OfTwoLivesThatArePartedSaysWhereAndHow) {
  Trace first;
  Trace second;
  first.add(seconds(1), "turn of loop");
  second.add(seconds(1), "turn of loop");
  EXPECT_FALSE(first_difference(first, second));
  first.add(seconds(2), "turn of log");
  EXPECT_EQ(first_difference(first, second),
            "line 2 is, the first time:\n      2000000 us: turn of log\n"
            "    and the second time:\n      (its end)");
  second.add(seconds(2), "turn of worker");
  second.add(seconds(3), "turn of log");
  EXPECT_EQ(first_difference(first, second),
            "line 2 is, the first time:\n      2000000 us: turn of log\n"
            "    and the second time:\n      2000000 us: turn of worker");
}

TEST(Trace, TellsOfEverythingThatHappens) {
  Trace trace;
  LifeReport const life = live(11, draw_swarm(11), &trace);
  ASSERT_TRUE(life.broken.empty()) << life.text();
  for (std::string_view const what :
       {"turn of loop", "turn of log", "turn of worker", "turn of tasks", "turn of projector",
        "a planned thing", "request POST /v1/runs?", "answer /v1/runs ", "piece /v1/events ",
        "disk 0000000000.seg at ", "event 0 ledger.opened of ", "execution", "receipt"}) {
    bool const told = std::ranges::any_of(trace.lines(), [&](std::string const& line) {
      return line.find("us: " + std::string(what)) != std::string::npos;
    });
    EXPECT_TRUE(told) << what;
  }
  EXPECT_GT(trace.lines().size(), life.steps);
}

// The detector's own test: something that is not the seed decides, once, how long a request takes.
TEST(Twice, ALifeThatHangsOnMoreThanItsSeedIsFound) {
  int lived = 0;
  auto const leaking = [&](std::uint64_t seed, Swarm const& swarm, Trace& trace) {
    Swarm other = swarm;
    other.network.delay_max = swarm.network.delay_max + microseconds(lived++);
    return live(seed, other, &trace);
  };
  Swarm swarm = draw_swarm(12);
  LifeReport const life = live_twice(12, swarm, leaking);
  ASSERT_FALSE(life.broken.empty());
  EXPECT_TRUE(life.broken.back().starts_with("one seed gives one life: of the trace of seed 12 "))
      << life.broken.back();
  EXPECT_NE(life.text().find("repeat it: tally-sim --seed 12"), std::string::npos);
  EXPECT_TRUE(live_twice(12, swarm).broken.empty());
}

}  // namespace
}  // namespace tally::sim
