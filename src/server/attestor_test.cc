#include "server/attestor.h"

#include <semaphore>

#include "audit/ledger_fixture.h"
#include "platform/system_clock.h"
#include "ports/memory_blobs_fixture.h"

namespace tally::server {
namespace {

using ports::testing::MemoryDisk;

// A ledger on a disk in memory, and what an attestor told of it so far.
struct Attested {
  explicit Attested(std::function<void(ports::LogFrame&)> const& change_last = {}) {
    audit::testing::World const world = audit::testing::paid_world();
    auto frames = audit::testing::frames_of(world.history);
    events = world.history.size();
    last_frame = frames.back().first_seq;
    if (change_last) change_last(frames.back());
    audit::testing::store(disk, frames);
  }
  // `after`: called on the attestor's thread when the n-th pass, from 1, is over.
  void watch(
      int passes, std::function<void(int)> after = [](int) {},
      std::optional<std::uint64_t> acknowledged = {}) {
    std::counting_semaphore<> told(0);
    Attestor attestor(
        {.disk = disk,
         .snapshots = snapshots,
         .blobs = blobs,
         .tend_index =
             [this](ledger::IndexKeeper::What, ledger::GoOn const&) {
               tended();
               return true;
             },
         .clock = clock,
         .vkey = "",
         .acknowledged = [this, acknowledged] { return acknowledged.value_or(events); },
         .checkpointed = [this] { return checkpointed; },
         .attested =
             [&](Attestation const& one) {
               reaches.push_back(one.reach);
               collected.push_back(one.collected);
               if (one.found)
                 reports.emplace_back(one.found->report);
               else
                 reports.emplace_back(tl::unexpected<Error>(one.found.error()));
               after(static_cast<int>(reports.size()));
               told.release();
             }},
        pace);
    for (int i = 0; i < passes; ++i) {
      if (i > 0 && asks) answers.push_back(attestor.full_pass([] { return true; }));
      told.acquire();
    }
  }

  // The first frame is all that was acknowledged, and each growth is read; returns how many events
  // there are in truth.
  std::uint64_t begin_to_grow() {
    pace = {.snapshot_every = 1, .look_up = milliseconds(1)};
    asks = false;
    std::uint64_t const all = events;
    events = checkpointed = audit::testing::kEventsInAFrame;
    return all;
  }

  MemoryDisk disk;
  MemoryDisk derived;
  ledger::Snapshots snapshots{derived, "build", as_bytes("pepper")};
  ports::testing::MemoryBlobs blobs;
  Attestor::Pace pace{.after_a_fault = milliseconds(1)};
  bool asks = true;  // for each pass but the first, which is the start's
  std::vector<Result<audit::Report>> answers;
  platform::SystemClock clock;
  std::uint64_t events = 0;
  std::uint64_t last_frame = 0;  // its first event
  std::uint64_t checkpointed = 0;
  std::function<void()> tended = [] {};  // meanwhile, on the attestor's thread
  std::vector<Result<audit::Report>> reports;
  std::vector<ledger::Reach> reaches;
  std::vector<std::optional<ports::Collected>> collected;
};

TEST(AttestorTest, ReadsTheWholeLedgerAgainAndAgain) {
  Attested ledger;
  ledger.watch(3);
  for (auto const& report : ledger.reports) {
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->ok) << report->what;
    EXPECT_EQ(report->events, ledger.events);
  }
  ASSERT_EQ(ledger.answers.size(), 2u);
  ASSERT_TRUE(ledger.answers[1]);
  EXPECT_EQ(result_of(*ledger.answers[1]),
            R"({"events":)" + std::to_string(ledger.events) + R"(,"ok":true,"root":")" +
                ledger.answers[1]->root.hex() + "\"}");
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

// Behind the acknowledged a frame may be under way, in whatever state.
TEST(AttestorTest, LeavesWhatNobodyWasToldOfToTheNextPass) {
  Attested ledger([](ports::LogFrame& last) { last.records.front().leaf.back() ^= 1; });
  ledger.watch(
      1, [](int) {}, ledger.last_frame);
  ASSERT_TRUE(ledger.reports[0]);
  EXPECT_TRUE(ledger.reports[0]->ok) << ledger.reports[0]->what;
  EXPECT_EQ(ledger.reports[0]->events, ledger.last_frame);
  ledger.reports.clear();
  ledger.watch(1);
  ASSERT_TRUE(ledger.reports[0]);
  EXPECT_FALSE(ledger.reports[0]->ok);
  EXPECT_EQ(ledger.reports[0]->bad_seq, ledger.last_frame);
}

TEST(AttestorTest, ReadsOnlyWhatIsBehindTheLastSnapshotWhenItHasGrown) {
  Attested ledger;
  std::uint64_t const all = ledger.begin_to_grow();
  ledger.watch(2, [&](int) {
    ledger.events = all;
    ledger.checkpointed = 2 * audit::testing::kEventsInAFrame;
  });
  EXPECT_EQ(ledger.reaches, (std::vector{ledger::Reach::whole, ledger::Reach::tail}));
  ASSERT_TRUE(ledger.reports[1]);
  EXPECT_TRUE(ledger.reports[1]->ok) << ledger.reports[1]->what;
  EXPECT_EQ(ledger.reports[1]->events, all);
  EXPECT_EQ(ledger.snapshots.sizes(), (std::vector<std::uint64_t>{10, 5}));
}

// While the index is tended the loop signs further checkpoints.
TEST(AttestorTest, LeavesASnapshotWhileTheLedgerGrows) {
  Attested ledger;
  std::uint64_t const all = ledger.events;
  ledger.events = ledger.checkpointed = audit::testing::kEventsInAFrame;
  ledger.tended = [&] { ledger.events = ledger.checkpointed = all; };
  ledger.watch(1);
  EXPECT_EQ(ledger.snapshots.sizes(), std::vector<std::uint64_t>{audit::testing::kEventsInAFrame});
}

TEST(AttestorTest, TriesAgainWhereItCouldNotRead) {
  Attested ledger;
  ledger.asks = false;
  auto const whole = ledger.disk.files;
  ledger.disk.files.clear();
  ledger.watch(2, [&](int pass) {
    if (pass == 1) ledger.disk.files = whole;
  });
  EXPECT_FALSE(ledger.reports[0]);
  ASSERT_TRUE(ledger.reports[1]);
  EXPECT_TRUE(ledger.reports[1]->ok) << ledger.reports[1]->what;
}

// --- documents ---------------------------------------------------------------------------------

TEST(AttestorTest, RemovesBlobsThatNoEventNames) {
  Attested ledger;
  auto const old = *ledger.blobs.put(as_bytes("of a submit that was refused"));
  ledger.blobs.at = ledger.blobs.at + ports::kBlobGrace;
  auto const young = *ledger.blobs.put(as_bytes("of one that is on its way"));
  ledger.blobs.at = ledger.blobs.at + microseconds(1);
  ledger.watch(1);
  ASSERT_TRUE(ledger.collected[0]);
  EXPECT_EQ(ledger.collected[0]->blobs, 1u);
  EXPECT_FALSE(ledger.blobs.files.contains(old));
  EXPECT_TRUE(ledger.blobs.files.contains(young));
}

// A blob that is named behind the fault would be lost with it.
TEST(AttestorTest, RemovesNoBlobWhereTheLedgerDiffers) {
  Attested ledger([](ports::LogFrame& last) { last.records.front().leaf.back() ^= 1; });
  auto const old = *ledger.blobs.put(as_bytes("old"));
  ledger.blobs.at = ledger.blobs.at + hours(9);
  ledger.watch(1);
  EXPECT_FALSE(ledger.reports[0]->ok);
  EXPECT_FALSE(ledger.collected[0]);
  EXPECT_TRUE(ledger.blobs.files.contains(old));
}

TEST(AttestorTest, RemovesNoBlobAfterAPassOverTheTail) {
  Attested ledger;
  std::uint64_t const all = ledger.begin_to_grow();
  ledger.watch(2, [&](int pass) {
    if (pass != 1) return;
    (void)ledger.blobs.put(as_bytes("old"));
    ledger.blobs.at = ledger.blobs.at + hours(9);
    ledger.events = all;
  });
  ASSERT_EQ(ledger.reaches[1], ledger::Reach::tail);
  EXPECT_FALSE(ledger.collected[1]);
  EXPECT_EQ(ledger.blobs.size(), 1u);
}

}  // namespace
}  // namespace tally::server
