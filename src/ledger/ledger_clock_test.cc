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
  clock.advance(seconds(1000));
  EXPECT_EQ(ledger.now(), begin + seconds(1000) + milliseconds(500));
  clock.advance(seconds(2000));
  EXPECT_EQ(ledger.now(), clock.wall());
}

// As a busy loop asks: far more often than a step earns a whole microsecond of slew.
TEST(LedgerClock, SlewsAsFastHoweverOftenItIsAsked) {
  for (std::int64_t const step : {1, 7, 1'999, 2'000, 333'333}) {
    HandClock clock;
    LedgerClock ledger(clock, Instant{});
    Instant const begin = ledger.now();
    clock.set_by(hours(1));
    Duration passed;
    while (passed < seconds(2)) {
      clock.advance(microseconds(step));
      passed = passed + microseconds(step);
      ledger.now();
    }
    std::int64_t const slewed = (ledger.now() - begin - passed).value();
    EXPECT_EQ(slewed, passed.value() * 500 / 1'000'000) << step;
  }
}

TEST(LedgerClock, IsReadFromAnywhereAsItWasSetLast) {
  HandClock clock;
  LedgerClock ledger(clock, Instant{});
  Instant const begin = ledger.now();
  clock.advance(seconds(5));
  EXPECT_EQ(ledger.read(), begin + seconds(5));
  clock.set_by(hours(24 * 365 * 56));
  EXPECT_EQ(ledger.read(), begin + seconds(5));
  Instant const now = ledger.now();
  EXPECT_EQ(ledger.read(), now);
}

TEST(LedgerClock, TakesNoTimeThatALedgerCannotKeep) {
  HandClock clock;
  clock.set_by(hours(24 * 365 * 300));
  LedgerClock ahead(clock, Instant{});
  EXPECT_EQ(ahead.now(), kWallMax);
  clock.advance(hours(1));
  EXPECT_LT(ahead.now(), kWallMax + hours(1));
}

TEST(LedgerClock, NeverGoesBackwards) {
  HandClock clock;
  LedgerClock ledger(clock, Instant{});
  Prng random(7);
  Instant last = ledger.now();
  for (int i = 0; i < 1000; ++i) {
    clock.advance(microseconds(static_cast<std::int64_t>(random.below(5'000'000))));
    clock.set_by(seconds(static_cast<std::int64_t>(random.below(7200)) - 3600));
    Instant const now = ledger.now();
    ASSERT_GE(now, last);
    last = now;
  }
}

// What is counted from such a clock would have no leaf.
TEST(LedgerClock, BelievesNoWallClockBeyond2200) {
  HandClock clock;
  clock.set_by(hours(24 * 365 * 300));
  LedgerClock ledger(clock, Instant{});
  EXPECT_EQ(ledger.now(), kWallMax);
  clock.set_by(hours(-24 * 365 * 600));
  ledger.now();
  auto const step = ledger.take_step();
  ASSERT_TRUE(step);
  EXPECT_EQ(*step, Instant(0) - kWallMax);  // before 1970 is not believed either
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
  clock.advance(seconds(1));
  ledger.now();
  EXPECT_EQ(ledger.take_step(), std::nullopt);
  clock.advance(seconds(2000));
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
  auto const& event = std::get<domain::system::ClockStepped>(
      std::get<domain::system::Events>(entry->recorded.event));
  EXPECT_EQ(event.disagreement, hours(3));
  EXPECT_EQ(entry->recorded.header.at, before);
  world.clock.set_by(hours(-6));
  world.settle();
  EXPECT_EQ(world.phase(leased.run), domain::run::Phase::running);
}

TEST(ClockSteps, OfCenturiesAreRecordedToo) {
  LoopWorld world;
  world.open();
  auto const size = world.size();
  world.clock.set_by(hours(24 * 365 * 300));
  world.settle();
  ASSERT_EQ(world.events(size), std::vector<std::string>{"clock.stepped"});
  world.ask(submission("k"));
  EXPECT_EQ(world.events().back(), "run.submitted");
}

TEST(ClockSteps, MakeNothingOlderForWhoeverComparesWithLedgerTime) {
  LoopWorld world;
  world.open();
  Instant const before = world.loop->now();
  world.clock.advance(seconds(3));
  world.clock.set_by(hours(24 * 365 * 56));
  world.settle();
  EXPECT_GE(world.loop->now(), before + seconds(3));
  EXPECT_LT(world.loop->now(), before + seconds(4));
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
