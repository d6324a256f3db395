#include "server/attestor.h"

#include <algorithm>
#include <semaphore>

#include "audit/ledger_fixture.h"
#include "platform/system_clock.h"

namespace tally::server {
namespace {

using audit::testing::MemoryDisk;

// A ledger on a disk in memory, and what an attestor told of it so far.
struct Attested {
  Attested() {
    audit::testing::World const world = audit::testing::paid_world();
    events = world.history.size();
    audit::testing::store(disk, audit::testing::frames_of(world.history));
  }
  // `after`: called on the attestor's thread when the n-th pass, from 1, is over.
  void watch(
      int passes, std::function<void(int)> after = [](int) {},
      std::optional<std::uint64_t> acknowledged = {}) {
    std::counting_semaphore<> told(0);
    Attestor const attestor(
        {.disk = disk,
         .clock = clock,
         .vkey = "",
         .acknowledged = [this, acknowledged] { return acknowledged.value_or(events); },
         .attested =
             [&](Attestation const& one) {
               reports.push_back(one.report);
               after(static_cast<int>(reports.size()));
               told.release();
             }},
        {.every = milliseconds(1), .after_a_fault = milliseconds(1)});
    for (int i = 0; i < passes; ++i) told.acquire();
  }

  MemoryDisk disk;
  platform::SystemClock clock;
  std::uint64_t events = 0;
  std::vector<Result<audit::Report>> reports;
};

TEST(AttestorTest, ReadsTheWholeLedgerAgainAndAgain) {
  Attested ledger;
  ledger.watch(3);
  for (auto const& report : ledger.reports) {
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->ok) << report->what;
    EXPECT_EQ(report->events, ledger.events);
  }
}

TEST(AttestorTest, FindsWhatRottedSinceTheLastPassAndTellsItOnce) {
  Attested ledger;
  ledger.watch(2, [&](int pass) {
    if (pass == 1) ledger.disk.files.begin()->second[5'000] ^= 1;
  });
  ASSERT_EQ(ledger.reports.size(), 2u);
  EXPECT_TRUE(ledger.reports[0]->ok);
  EXPECT_FALSE(ledger.reports[1]->ok);
  EXPECT_TRUE(ledger.reports[1]->bad_seq);
}

TEST(AttestorTest, FindsALedgerThatEndsBeforeWhatWasAcknowledged) {
  Attested ledger;
  ledger.watch(
      1, [](int) {}, ledger.events + 1);
  ASSERT_TRUE(ledger.reports[0]);
  EXPECT_FALSE(ledger.reports[0]->ok);
  EXPECT_EQ(ledger.reports[0]->bad_seq, ledger.events);
}

// A frame under way: its second half is on the disk, and its first is not.
TEST(AttestorTest, LeavesWhatNobodyWasToldOfToTheNextPass) {
  Attested ledger;
  std::uint64_t const told = ledger.events - 1;  // all but the last frame's
  auto& segment = ledger.disk.files.begin()->second;
  auto const end = std::find_if(segment.rbegin(), segment.rend(), [](auto b) { return b != 0; });
  std::fill(end, end + 4'096, std::uint8_t{0});
  ledger.watch(
      1, [](int) {}, told - told % audit::testing::kEventsInAFrame);
  ASSERT_TRUE(ledger.reports[0]);
  EXPECT_TRUE(ledger.reports[0]->ok) << ledger.reports[0]->what;
  ledger.reports.clear();
  ledger.watch(1);
  EXPECT_FALSE(ledger.reports[0] && ledger.reports[0]->ok);
}

TEST(AttestorTest, TriesAgainWhereItCouldNotRead) {
  Attested ledger;
  auto const whole = ledger.disk.files;
  ledger.disk.files.clear();
  ledger.watch(2, [&](int pass) {
    if (pass == 1) ledger.disk.files = whole;
  });
  EXPECT_FALSE(ledger.reports[0]);
  ASSERT_TRUE(ledger.reports[1]);
  EXPECT_TRUE(ledger.reports[1]->ok) << ledger.reports[1]->what;
}

}  // namespace
}  // namespace tally::server
