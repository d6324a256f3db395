#include "audit/read_ahead.h"

#include "audit/ledger_fixture.h"
#include "audit/memory_disk_fixture.h"

namespace tally::audit::testing {
namespace {

constexpr std::array<Helper, 2> kHelpers{Helper::none, Helper::thread};
// One frame, some frames, and all of the ledger in a batch.
constexpr std::array<std::size_t, 3> kBatches{1, 20'000, kBatchBytes};

struct Outcome {
  std::string said;
  std::vector<Digest> seen;  // leaf hashes, in the order of folding
  Digest state;
  friend bool operator==(Outcome const&, Outcome const&) = default;
};

std::string said(Result<void> const& result) {
  return result ? "fine" : result.error().code + ": " + result.error().detail;
}

Outcome fold_one_by_one(std::vector<ports::LogFrame> const& frames) {
  Fold fold;
  Outcome outcome{"fine", {}, {}};
  auto const seen = [&](codec::Entry& entry, domain::State const&) {
    outcome.seen.push_back(entry.leaf_hash);
  };
  for (ports::LogFrame const& frame : frames)
    if (outcome.said == "fine") outcome.said = said(fold.frame(read_frame(frame), seen));
  outcome.state = codec::StateDigest::of(fold.state());
  return outcome;
}

Outcome fold_read_ahead(MemoryDisk& disk, Helper helper, std::size_t batch_bytes) {
  Fold fold;
  Outcome outcome;
  auto const seen = [&](codec::Entry& entry, domain::State const&) {
    outcome.seen.push_back(entry.leaf_hash);
  };
  auto const opened = segments::SegmentLog::open(disk, std::nullopt, {}, [] { return 1; });
  outcome.said = said(read_ahead(
      [&](segments::FrameVisitor const& visitor) { return opened->log->scan(0, visitor); },
      [&](ReadFrame frame) { return fold.frame(std::move(frame), seen); }, helper, batch_bytes));
  outcome.state = codec::StateDigest::of(fold.state());
  return outcome;
}

void expect_the_same_however_it_is_read(std::vector<ports::LogFrame> const& frames,
                                        std::string_view says) {
  MemoryDisk disk;
  store(disk, frames);
  Outcome const expected = fold_one_by_one(frames);
  EXPECT_EQ(expected.said, says);
  for (Helper helper : kHelpers)
    for (std::size_t batch : kBatches)
      EXPECT_EQ(fold_read_ahead(disk, helper, batch), expected)
          << (helper == Helper::thread ? "a thread reads, " : "nobody helps, ") << batch;
}

TEST(ReadAhead, FoldsAsOneByOneWhoeverReads) {
  expect_the_same_however_it_is_read(frames_of(paid_world().history), "fine");
}

TEST(ReadAhead, StopsAtTheSameEventWithTheSameWordsWhoeverReads) {
  auto const history = paid_world().history;
  auto const frames = frames_of(
      forged(history, 9, [](domain::Recorded& r) { r.header.at = r.header.at - hours(49); }));
  expect_the_same_however_it_is_read(
      frames, "corrupt: event 9: its time is before that of the event before it");
}

TEST(ReadAhead, StopsAtALeafThatDoesNotDecodeAfterTheEventsBeforeIt) {
  auto frames = frames_of(paid_world().history);
  Bytes& leaf = frames[1].records[2].leaf;
  leaf[0] = '[';
  expect_the_same_however_it_is_read(frames, fold_one_by_one(frames).said);
  EXPECT_EQ(fold_one_by_one(frames).seen.size(), 7u);
}

TEST(ReadAhead, OfNothingIsNothing) {
  auto const nothing = [](segments::FrameVisitor const&) { return Result<void>(); };
  for (Helper helper : kHelpers)
    EXPECT_TRUE(read_ahead(
        nothing, [](ReadFrame) { return fail("unexpected", "a frame"); }, helper));
}

// The scan's own fault is behind the frames before it, and a fault in those comes first.
TEST(ReadAhead, SaysWhatTheScanFoundOnceAllBeforeItWasTaken) {
  MemoryDisk disk;
  store(disk, frames_of(paid_world().history));
  auto const opened = segments::SegmentLog::open(disk, std::nullopt, {}, [] { return 1; });
  auto const scan = [&](segments::FrameVisitor const& visitor) -> Result<void> {
    TRY_VOID(opened->log->scan(0, visitor));
    return fail("io_error", "the disk is gone");
  };
  for (Helper helper : kHelpers) {
    std::uint64_t taken = 0;
    auto const count = [&](ReadFrame frame) -> Result<void> {
      taken += frame.entries.size();
      return {};
    };
    EXPECT_EQ(said(read_ahead(scan, count, helper)), "io_error: the disk is gone");
    EXPECT_EQ(taken, opened->log->next_seq());
    auto const refuse = [](ReadFrame) { return fail("corrupt", "not this one"); };
    EXPECT_EQ(said(read_ahead(scan, refuse, helper)), "corrupt: not this one");
  }
}

// More batches than may wait between two threads: whoever is ahead is woken and ends.
TEST(ReadAhead, StopsTheThreadsThatAreFarAhead) {
  auto const frames = frames_of(paid_world().history);
  MemoryDisk disk;
  store(disk, frames);
  auto const opened = segments::SegmentLog::open(disk, std::nullopt, {}, [] { return 1; });
  std::uint64_t scanned = 0;
  auto const scan = [&](segments::FrameVisitor const& visitor) -> Result<void> {
    for (;; ++scanned) TRY_VOID(opened->log->scan(0, visitor));
  };
  auto const refuse = [](ReadFrame) { return fail("corrupt", "not this one"); };
  EXPECT_EQ(said(read_ahead(scan, refuse, Helper::thread, 1)), "corrupt: not this one");
  EXPECT_LT(scanned, 10u);
}

}  // namespace
}  // namespace tally::audit::testing
