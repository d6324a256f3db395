#include "sim/shrink.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tally::sim {
namespace {

LifeReport broken(std::uint64_t seed, std::string what) {
  LifeReport life;
  life.seed = seed;
  life.broken = {std::move(what)};
  return life;
}

TEST(Shrink, LeavesNothingButWhatBreaksTheRule) {
  Swarm swarm = draw_swarm(17);
  swarm.cuts = {{.moment = Moment::change, .count = 3, .power = true},
                {.moment = Moment::append, .count = 5, .power = false},
                {.moment = Moment::answer, .count = 7, .power = true}};
  swarm.network.doubled_per_mille = 40;
  swarm.disk.write_fails_per_mille = 9;
  swarm.errands = 5;
  auto const live_once = [](std::uint64_t seed, Swarm const& s) {
    bool const cut =
        std::ranges::any_of(s.cuts, [](Cut const& one) { return one.moment == Moment::append; });
    bool const breaks = cut && s.network.doubled_per_mille > 0 && s.errands >= 2;
    return breaks ? broken(seed, "money is lost: 5 of 7") : LifeReport{};
  };
  auto const shrunk = shrink(broken(17, "money is lost: 3 of 4"), swarm, live_once);
  ASSERT_EQ(shrunk.swarm.cuts.size(), 1u);
  EXPECT_EQ(shrunk.swarm.cuts[0].moment, Moment::append);
  EXPECT_EQ(shrunk.swarm.network.doubled_per_mille, 40u);
  EXPECT_EQ(shrunk.swarm.errands, 2u);
  EXPECT_EQ(shrunk.swarm.disk.write_fails_per_mille, 0u);
  EXPECT_EQ(shrunk.swarm.tenants, 1u);
  EXPECT_FALSE(shrunk.life.broken.empty());
  EXPECT_LT(shrunk.lives, 200u);
}

TEST(Shrink, DoesNotTakeAnotherFaultForTheSame) {
  Swarm swarm = draw_swarm(18);
  swarm.network.doubled_per_mille = 40;
  auto const live_once = [](std::uint64_t seed, Swarm const& s) {
    return broken(seed, s.network.doubled_per_mille > 0 ? "money is lost: x" : "order has a gap");
  };
  auto const shrunk = shrink(broken(18, "money is lost: y"), swarm, live_once);
  EXPECT_EQ(shrunk.swarm.network.doubled_per_mille, 40u);
}

// A real fault in a real life: a disk that promises what it does not keep.
TEST(Shrink, MakesARealFailureSmallerAndKeepsIt) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Swarm swarm = draw_swarm(seed);
    swarm.disk.lying_sync = true;
    swarm.cuts = {{.moment = Moment::answer, .count = 12, .power = true}};
    auto life = live(seed, swarm);
    if (life.broken.empty()) continue;
    auto const shrunk =
        shrink(life, swarm, [](std::uint64_t s, Swarm const& w) { return live(s, w); });
    EXPECT_FALSE(shrunk.life.broken.empty());
    EXPECT_EQ(shrunk.swarm.cuts.size(), 1u);
    EXPECT_FALSE(shrunk.left_out.empty());
    EXPECT_LE(shrunk.life.steps, life.steps);
    return;
  }
  FAIL() << "no life noticed the lying disk";
}

}  // namespace
}  // namespace tally::sim
