#include "audit/fold_ahead.h"

#include "audit/ledger_fixture.h"
#include "audit/memory_disk_fixture.h"

namespace tally::audit::testing {
namespace {

constexpr std::array<Helper, 2> kHelpers{Helper::none, Helper::thread};
// One frame, some frames, and all of the ledger in a batch.
constexpr std::array<std::size_t, 3> kBatches{1, 20'000, kFoldBatchBytes};

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

Outcome fold_ahead(MemoryDisk& disk, Helper helper, std::size_t batch_bytes) {
  Fold fold;
  Outcome outcome;
  auto const seen = [&](codec::Entry& entry, domain::State const&) {
    outcome.seen.push_back(entry.leaf_hash);
  };
  FoldAhead ahead(fold, seen, helper, batch_bytes);
  auto const opened = segments::SegmentLog::open(disk, std::nullopt, {}, [] { return 1; });
  auto const scanned =
      opened->log->scan(0, [&](segments::FrameView const& view) { return ahead.frame(view); });
  outcome.said = said(scanned ? ahead.finish() : scanned);
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
      EXPECT_EQ(fold_ahead(disk, helper, batch), expected)
          << (helper == Helper::thread ? "a thread reads, " : "nobody helps, ") << batch;
}

TEST(FoldAhead, FoldsAsOneByOneWhoeverReads) {
  expect_the_same_however_it_is_read(frames_of(paid_world().history), "fine");
}

TEST(FoldAhead, StopsAtTheSameEventWithTheSameWordsWhoeverReads) {
  auto const history = paid_world().history;
  auto const frames = frames_of(
      forged(history, 9, [](domain::Recorded& r) { r.header.at = r.header.at - hours(49); }));
  expect_the_same_however_it_is_read(
      frames, "corrupt: event 9: its time is before that of the event before it");
}

TEST(FoldAhead, StopsAtALeafThatDoesNotDecodeAfterTheEventsBeforeIt) {
  auto frames = frames_of(paid_world().history);
  Bytes& leaf = frames[1].records[2].leaf;
  leaf[0] = '[';
  expect_the_same_however_it_is_read(frames, fold_one_by_one(frames).said);
  EXPECT_EQ(fold_one_by_one(frames).seen.size(), 7u);
}

TEST(FoldAhead, OfNothingIsNothing) {
  Fold fold;
  FoldAhead ahead(fold, {}, Helper::thread);
  EXPECT_TRUE(ahead.finish());
  EXPECT_EQ(fold.tree().size(), 0u);
}

}  // namespace
}  // namespace tally::audit::testing
