#include "projections/projector.h"

#include <gtest/gtest.h>

#include "projections/ledger_fixture.h"

namespace tally::projections::testing {
namespace {

constexpr ProjectorOptions kSmall{.lag_events_max = 50, .events_a_step = 7, .save_every = 40};

// One process's index and projector, over a ledger that outlives it.
struct Process {
  explicit Process(Ledger& ledger) : projector(index, ledger.world(), kSmall) {}
  void catch_up() {
    while (projector.step() == Duration(0)) {
    }
  }
  ErrorIndex index{8};
  Projector projector;
};

void expect_same_rows(Process const& process, Ledger const& ledger, std::string const& about) {
  std::int64_t const folded = process.projector.standing().events;
  auto const all = errors_in(ledger, folded);
  EXPECT_EQ(all_of(process.index, {.limit = 9}), naive(all, {})) << about;
  for (ErrorClass const one : tally::all_of(ErrorClass{}))
    EXPECT_EQ(all_of(process.index, {.error_class = one, .limit = 4}),
              naive(all, {.error_class = one}))
        << about;
}

struct ProjectorTest : ::testing::Test {
  ProjectorTest() { tell_a_story(ledger, 11, 300); }
  Bytes& file() { return ledger.disk.files.at("projection-errors"); }
  // A process that folded everything, and saved it.
  void leave_a_file() {
    Process process(ledger);
    process.catch_up();
    process.projector.save();
  }
  Ledger ledger;
};

TEST_F(ProjectorTest, KilledAfterAnyStepTheNextOneEndsWithTheSameRows) {
  for (int killed_after = 0; killed_after < 50; ++killed_after) {
    ledger.disk.files.clear();
    {
      Process process(ledger);
      for (int step = 0; step < killed_after; ++step) process.projector.step();
      expect_same_rows(process, ledger, "before it is killed");
    }
    Process next(ledger);
    next.catch_up();
    EXPECT_EQ(next.projector.standing().events, ledger.durable);
    expect_same_rows(next, ledger, "after step " + std::to_string(killed_after));
    EXPECT_TRUE(ledger.faults.empty());
  }
}

TEST_F(ProjectorTest, GoesOnFromItsFile) {
  ledger.durable = 200;
  leave_a_file();
  ledger.durable = 300;
  Process process(ledger);
  process.projector.step();
  EXPECT_EQ(process.projector.standing().events, 207);  // one step behind the file
  process.catch_up();
  expect_same_rows(process, ledger, "from its file");
}

TEST_F(ProjectorTest, WithAFileThatIsCutAtAnyByteItFoldsAnew) {
  leave_a_file();
  Bytes const whole = file();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    file().assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    Process process(ledger);
    process.projector.step();
    ASSERT_EQ(process.projector.standing().events, 7) << length;
    if (length % 200 != 0) continue;
    process.catch_up();
    expect_same_rows(process, ledger, "cut");
  }
}

TEST_F(ProjectorTest, WithAFileInWhichAnyByteRottedItFoldsAnew) {
  leave_a_file();
  Bytes const whole = file();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    file() = whole;
    file()[at] ^= 0x40;
    Process process(ledger);
    process.projector.step();
    ASSERT_EQ(process.projector.standing().events, 7) << at;
  }
}

TEST_F(ProjectorTest, WithAFileOfAnotherLedgerOrHistoryItFoldsAnew) {
  leave_a_file();
  Bytes const whole = file();
  ledger.id = LedgerId(8);
  {
    Process process(ledger);
    process.projector.step();
    EXPECT_EQ(process.projector.standing().events, 7);
    EXPECT_EQ(ledger.faults.back().code, "foreign");
  }
  ledger.id = LedgerId(7);
  file() = whole;
  ledger.durable = 250;  // fewer than were folded
  {
    Process process(ledger);
    process.projector.step();
    EXPECT_EQ(process.projector.standing().events, 7);
  }
  file() = whole;
  ledger.durable = 300;
  for (codec::Entry& entry : ledger.entries)
    entry.leaf_hash = leaf_hash_of(entry.recorded.header.seq, "another");
  Process process(ledger);
  process.projector.step();
  EXPECT_EQ(process.projector.standing().events, 7);
  process.catch_up();
  expect_same_rows(process, ledger, "of another history");
}

TEST_F(ProjectorTest, SaysUpToWhichEventItIsTrueAndThatItIsBehind) {
  Process process(ledger);
  EXPECT_EQ(process.projector.standing().health, Health::unknown);
  process.projector.step();
  auto const early = process.projector.standing();
  EXPECT_EQ(early.events, 7);
  EXPECT_EQ(early.as_of, ledger.entries[6].recorded.header.at);
  EXPECT_EQ(early.lag_events, ledger.durable - 7);
  EXPECT_EQ(early.health, Health::behind);
  process.catch_up();
  auto const late = process.projector.standing();
  EXPECT_EQ(late.events, ledger.durable);
  EXPECT_EQ(late.lag_events, 0);
  EXPECT_EQ(late.health, Health::current);
}

TEST_F(ProjectorTest, ThatCannotReadSaysUnknownTellsOnceAndGoesOnLater) {
  Process process(ledger);
  process.projector.step();
  ledger.unreadable = Error{"damaged", "event 7 cannot be read", {}};
  for (int i = 0; i < 3; ++i) {
    process.projector.step();
    ledger.clock.advance(seconds(2));
  }
  EXPECT_EQ(process.projector.standing().health, Health::unknown);
  EXPECT_EQ(ledger.faults.size(), 1u);
  ledger.unreadable.reset();
  process.catch_up();
  EXPECT_EQ(process.projector.standing().health, Health::current);
  expect_same_rows(process, ledger, "after the fault");
}

TEST_F(ProjectorTest, LetsAReaderWaitForAnEventAndNoLongerThanItAsked) {
  Process process(ledger);
  process.projector.step();
  int gone = 0;
  auto const count = [&gone] { ++gone; };
  process.projector.when(6, milliseconds(200), count);
  EXPECT_EQ(gone, 1) << "it is folded";
  process.projector.when(20, milliseconds(200), count);
  process.projector.step();
  EXPECT_EQ(gone, 1) << "not yet";
  process.projector.step();
  EXPECT_EQ(gone, 2);
  process.catch_up();
  process.projector.when(ledger.durable, milliseconds(200), count);
  process.projector.step();
  EXPECT_EQ(gone, 2) << "there is no such event";
  ledger.clock.advance(milliseconds(200));
  process.projector.step();
  EXPECT_EQ(gone, 3) << "the time is up";
}

TEST_F(ProjectorTest, LetsNoMoreWaitThanItsBound) {
  Process process(ledger);
  int gone = 0;
  for (std::size_t i = 0; i < Projector::kWaitingMax + 5; ++i)
    process.projector.when(ledger.durable + 1, seconds(1), [&gone] { ++gone; });
  EXPECT_EQ(gone, 5);
}

TEST_F(ProjectorTest, IsLateAndNotWrongWhereItsFileCannotBeWritten) {
  ledger.disk.free = 0;
  Process process(ledger);
  process.catch_up();
  EXPECT_EQ(ledger.faults.size(), 1u);
  EXPECT_EQ(ledger.faults[0].code, "disk_full");
  EXPECT_TRUE(ledger.disk.files.empty());
  expect_same_rows(process, ledger, "without a file");
}

}  // namespace
}  // namespace tally::projections::testing
