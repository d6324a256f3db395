// Lives of the whole server in a made-up world. What breaks prints its seed; tally-sim repeats it.

#include <gtest/gtest.h>

#include <cstdlib>

#include "sim/twice.h"

namespace tally::sim {

namespace {

// Three hundred lives, each lived twice, or 4,000 with TALLY_LONG=1.
std::uint64_t lives() {
  char const* const long_run = std::getenv("TALLY_LONG");
  return long_run != nullptr && std::string_view(long_run) == "1" ? 4'000 : 300;
}
constexpr std::uint64_t kChangesOfALife = 45;

// A world without faults, except for what a test adds.
Swarm quiet(std::uint64_t seed) {
  Swarm swarm = draw_swarm(seed);
  swarm.disk = {};
  swarm.receipts = {};
  swarm.network = {};
  swarm.cuts = {};
  swarm.clock_steps = 0;
  swarm.may_halt = false;
  return swarm;
}

}  // namespace

TEST(Life, HundredsOfLivesWithFaultsBreakNothing) {
  std::uint64_t const count = lives();
  std::uint64_t restarts = 0;
  std::uint64_t from_snapshot = 0;
  std::uint64_t accepted = 0;
  std::uint64_t streams = 0;
  Coverage coverage;
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    LifeReport const life = live_twice(seed);
    ASSERT_TRUE(life.broken.empty()) << life.text();
    restarts += life.starts - 1;
    from_snapshot += life.starts_from_snapshot;
    accepted += life.accepted;
    streams += life.streams;
    coverage.add(life.coverage);
  }
  // Lives in which nothing happens prove nothing.
  EXPECT_GT(restarts, count / 2);
  EXPECT_GT(from_snapshot, count / 10);
  EXPECT_GT(accepted, count * 3);
  EXPECT_GT(streams, count);
  // Nor do lives that all go the same way: every command is met, most under every fault. Few lives
  // last until an approval runs out.
  domain::for_each_kind<domain::Command>(
      [&]<class G, class C>(std::type_identity<G>, std::type_identity<C>) {
        std::string const name(C::kCommand.name);
        bool const met = coverage.commands().contains(name);
        EXPECT_TRUE(met || name == "approval.expire") << name;
      });
  EXPECT_GE(coverage.pairs(), 30u);
  EXPECT_GE(coverage.cells().size(), 450u) << coverage.text();
}

TEST(Life, OfAnotherSeedIsAnotherOne) { EXPECT_NE(live(11).root, live(12).root); }

TEST(Life, APowerCutAtAnyChangeOfTheDiskLosesNothing) {
  for (std::uint64_t change = 1; change <= kChangesOfALife; ++change) {
    Swarm swarm = quiet(change);
    swarm.cuts = {{.moment = Moment::change, .count = change, .power = true}};
    LifeReport const life = live_twice(change, swarm);
    EXPECT_TRUE(life.broken.empty()) << life.text();
  }
}

TEST(Life, ADeathRightAfterAReceiptLosesNoWork) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Swarm swarm = quiet(seed);
    swarm.cuts = {{.moment = Moment::receipt, .count = 1 + seed % 3, .power = seed % 2 == 0}};
    LifeReport const life = live_twice(seed, swarm);
    EXPECT_TRUE(life.broken.empty()) << life.text();
  }
}

// The detector's own test: a disk that answers before anything is durable.
TEST(Life, ADiskThatSkipsItsSyncsIsCaught) {
  int caught = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Swarm swarm = quiet(seed);
    swarm.disk.lying_sync = true;
    swarm.cuts = {{.moment = Moment::answer, .count = 10 + seed, .power = true}};
    LifeReport const life = live(seed, swarm);
    if (!life.broken.empty()) ++caught;
    EXPECT_EQ(live_twice(seed, swarm).broken, life.broken);
  }
  EXPECT_GE(caught, 5);
}

}  // namespace tally::sim
