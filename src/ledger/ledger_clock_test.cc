#include "ledger/ledger_clock.h"

#include "ledger/loop_fixture.h"

namespace tally::ledger::testing {
namespace {

TEST(LedgerClock, BeginsAtTheWallOrAtTheLastEvent) {
  HandClock clock;
  EXPECT_EQ(LedgerClock(clock, Instant{}).now(), clock.wall());
  EXPECT_EQ(LedgerClock(clock, clock.wall() + hours(1)).now(), clock.wall() + hours(1));
}

TEST(LedgerClock, SlewsToTheWallByAtMost500Ppm) {
  HandClock clock;
  LedgerClock ledger(clock, Instant{});
  Instant const begin = ledger.now();
  clock.set_by(seconds(1));
  clock.pass(seconds(1000));
  EXPECT_EQ(ledger.now(), begin + seconds(1000) + milliseconds(500));
  clock.pass(seconds(2000));
  EXPECT_EQ(ledger.now(), clock.wall());
}

TEST(LedgerClock, NeverGoesBackwards) {
  HandClock clock;
  LedgerClock ledger(clock, Instant{});
  Prng random(7);
  Instant last = ledger.now();
  for (int i = 0; i < 1000; ++i) {
    clock.pass(microseconds(static_cast<std::int64_t>(random.below(5'000'000))));
    clock.set_by(seconds(static_cast<std::int64_t>(random.below(7200)) - 3600));
    Instant const now = ledger.now();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(LedgerClock, ReportsAStepOnceUntilItIsGone) {
  HandClock clock;
  LedgerClock ledger(clock, Instant{});
  clock.set_by(milliseconds(500));
  ledger.now();
  EXPECT_EQ(ledger.take_step(), std::nullopt);
  clock.set_by(microseconds(1));
  ledger.now();
  EXPECT_EQ(ledger.take_step(), milliseconds(500) + microseconds(1));
  clock.pass(seconds(1));
  ledger.now();
  EXPECT_EQ(ledger.take_step(), std::nullopt);
  clock.pass(seconds(2000));
  ledger.now();
  clock.set_by(seconds(-1));
  ledger.now();
  EXPECT_EQ(ledger.take_step(), seconds(-1));
}

TEST(ClockSteps, AreRecordedAndMoveNoDeadline) {
  LoopWorld world;
  world.open();
  Leased const leased = world.running("k", kReported);
  auto const size = world.size();
  Instant const before = world.index.recent(world.index.size() - 1)->recorded.header.at;
  world.clock.set_by(hours(3));
  world.settle();
  ASSERT_EQ(world.events(size), std::vector<std::string>{"clock.stepped"});
  auto const entry = world.index.recent(world.index.size() - 1);
  auto const& event = std::get<domain::chronicle::ClockStepped>(
      std::get<domain::ChronicleEvent>(entry->recorded.event));
  EXPECT_EQ(event.disagreement, hours(3));
  EXPECT_EQ(entry->recorded.header.at, before);
  world.clock.set_by(hours(-6));
  world.settle();
  EXPECT_EQ(world.phase(leased.run), domain::run::Phase::running);
}

TEST(ClockSteps, AcrossARestartLetNoEventGoBackInTime) {
  LoopWorld world;
  world.open();
  world.clock.set_by(hours(-2));
  world.restart();
  world.ask(submission("k"));
  EXPECT_EQ(world.events().back(), "run.submitted");
  world.restart();  // folds, which refuses time that goes back
}

}  // namespace
}  // namespace tally::ledger::testing
