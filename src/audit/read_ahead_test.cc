#include "audit/read_ahead.h"

#include "audit/ledger_fixture.h"
#include "ports/memory_disk_fixture.h"

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
  auto const seen = [&](codec::Entry const& entry, domain::State const&) {
    outcome.seen.push_back(entry.leaf_hash);
  };
  for (ports::LogFrame const& frame : frames)
    if (outcome.said == "fine") outcome.said = said(fold.frame(read_frame(frame), {.after = seen}));
  outcome.state = codec::StateDigest::of(fold.state());
  return outcome;
}

std::unique_ptr<segments::SegmentLog> open_log(MemoryDisk& disk) {
  auto opened = segments::SegmentLog::open(disk, std::nullopt, {}, [] { return 1; });
  TALLY_CHECK(opened.has_value(), "what was stored can be opened");
  return std::move(opened->log);
}

auto scan_of(segments::SegmentLog const& log) {
  return [&log](ports::FrameVisitor const& visitor) { return log.scan(0, visitor); };
}

Outcome fold_read_ahead(MemoryDisk& disk, Helper helper, std::size_t batch_bytes) {
  Fold fold;
  Outcome outcome;
  auto const seen = [&](codec::Entry const& entry, domain::State const&) {
    outcome.seen.push_back(entry.leaf_hash);
  };
  auto const log = open_log(disk);
  Stages stages;
  stages.scan = scan_of(*log);
  stages.take = [&](ReadFrame const& frame) { return fold.frame(frame, {.after = seen}); };
  outcome.said = said(read_ahead(stages, helper, batch_bytes));
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
  Stages stages;
  stages.scan = [](ports::FrameVisitor const&) { return Result<void>(); };
  stages.take = [](ReadFrame const&) { return fail("unexpected", "a frame"); };
  for (Helper helper : kHelpers) EXPECT_TRUE(read_ahead(stages, helper));
}

// Who keeps frames gets those that were taken, in order, and of a refused one nothing.
TEST(ReadAhead, KeepsWhatWasTakenAndNoMore) {
  auto const frames = frames_of(paid_world().history);
  MemoryDisk disk;
  store(disk, frames);
  auto const log = open_log(disk);
  for (Helper helper : kHelpers) {
    for (std::size_t batch : kBatches) {
      for (std::size_t refused = 0; refused <= frames.size(); ++refused) {
        std::vector<std::uint64_t> kept;
        std::vector<std::uint64_t> taken;
        Stages stages;
        stages.scan = scan_of(*log);
        stages.take = [&](ReadFrame const& frame) -> Result<void> {
          if (taken.size() == refused) return fail("corrupt", "not this one");
          taken.push_back(frame.first_seq);
          return {};
        };
        stages.keep = [&](ReadFrame frame) { kept.push_back(frame.first_seq); };
        EXPECT_EQ(read_ahead(stages, helper, batch).has_value(), refused == frames.size());
        EXPECT_EQ(taken.size(), refused);
        EXPECT_EQ(kept, taken);
      }
    }
  }
}

// A frame is whole if it has an event that is to be; of others there are the events alone.
TEST(ReadAhead, ReadsWholeWhatIsToBeWhole) {
  auto const frames = frames_of(paid_world().history);
  MemoryDisk disk;
  store(disk, frames);
  auto const log = open_log(disk);
  for (Helper helper : kHelpers) {
    std::vector<codec::Entry> kept;
    Stages stages;
    stages.scan = scan_of(*log);
    stages.take = [](ReadFrame const&) { return Result<void>(); };
    stages.keep = [&](ReadFrame frame) {
      std::ranges::move(frame.entries, std::back_inserter(kept));
    };
    stages.whole_from = kEventsInAFrame + 1;
    ASSERT_TRUE(read_ahead(stages, helper));
    ASSERT_EQ(kept.size(), log->next_seq());
    for (std::size_t seq = 0; seq < kept.size(); ++seq) {
      auto const& record = frames[seq / kEventsInAFrame].records[seq % kEventsInAFrame];
      auto expected = *codec::decode(record.leaf);
      bool const whole = seq >= kEventsInAFrame;
      if (!whole) expected.snapshot.reset();
      EXPECT_EQ(kept[seq].recorded, expected) << seq;
      EXPECT_EQ(kept[seq].leaf, whole ? record.leaf : Bytes{}) << seq;
      EXPECT_EQ(kept[seq].enclosure, whole ? record.enclosure : Bytes{}) << seq;
      EXPECT_EQ(kept[seq].leaf_hash, merkle::leaf_hash(record.leaf)) << seq;
    }
  }
}

// The scan's own fault is behind the frames before it, and a fault in those comes first.
TEST(ReadAhead, SaysWhatTheScanFoundOnceAllBeforeItWasTaken) {
  MemoryDisk disk;
  store(disk, frames_of(paid_world().history));
  auto const log = open_log(disk);
  Stages stages;
  stages.scan = [&](ports::FrameVisitor const& visitor) -> Result<void> {
    TRY_VOID(log->scan(0, visitor));
    return fail("io_error", "the disk is gone");
  };
  for (Helper helper : kHelpers) {
    std::uint64_t taken = 0;
    stages.take = [&](ReadFrame const& frame) -> Result<void> {
      taken += frame.entries.size();
      return {};
    };
    EXPECT_EQ(said(read_ahead(stages, helper)), "io_error: the disk is gone");
    EXPECT_EQ(taken, log->next_seq());
    stages.take = [](ReadFrame const&) { return fail("corrupt", "not this one"); };
    EXPECT_EQ(said(read_ahead(stages, helper)), "corrupt: not this one");
  }
}

// More batches than may wait between two threads: whoever is ahead is woken and ends.
TEST(ReadAhead, StopsTheThreadsThatAreFarAhead) {
  auto const frames = frames_of(paid_world().history);
  MemoryDisk disk;
  store(disk, frames);
  auto const log = open_log(disk);
  std::uint64_t scanned = 0;
  Stages stages;
  stages.scan = [&](ports::FrameVisitor const& visitor) -> Result<void> {
    for (;; ++scanned) TRY_VOID(log->scan(0, visitor));
  };
  stages.take = [](ReadFrame const&) { return fail("corrupt", "not this one"); };
  EXPECT_EQ(said(read_ahead(stages, Helper::thread, 1)), "corrupt: not this one");
  EXPECT_LT(scanned, 10u);
}

// Whichever thread gives up, and however: the others end, too, though the log has none.
TEST(ReadAhead, EndsWhenAnyOfItsStagesThrows) {
  struct GivenUp {};
  MemoryDisk disk;
  store(disk, frames_of(paid_world().history));
  auto const log = open_log(disk);
  Stages endless;
  endless.scan = [&](ports::FrameVisitor const& visitor) -> Result<void> {
    for (;;) TRY_VOID(log->scan(0, visitor));
  };
  endless.take = [](ReadFrame const&) { return Result<void>(); };
  Stages stages = endless;
  stages.scan = [&](ports::FrameVisitor const& visitor) -> Result<void> {
    TRY_VOID(log->scan(0, visitor));
    throw GivenUp();
  };
  EXPECT_THROW((void)read_ahead(stages, Helper::thread, 1), GivenUp);
  stages = endless;
  stages.take = [](ReadFrame const&) -> Result<void> { throw GivenUp(); };
  EXPECT_THROW((void)read_ahead(stages, Helper::thread, 1), GivenUp);
  std::uint64_t taken = 0;
  stages = endless;
  stages.scan = [&](ports::FrameVisitor const& visitor) -> Result<void> {
    for (int again = 0; again < 100; ++again) TRY_VOID(log->scan(0, visitor));
    return {};
  };
  stages.take = [&](ReadFrame const&) -> Result<void> {
    ++taken;
    return {};
  };
  stages.keep = [](ReadFrame const&) { throw GivenUp(); };
  EXPECT_THROW((void)read_ahead(stages, Helper::thread, 1), GivenUp);
  EXPECT_LT(taken, 100u) << "it folds on for nobody";
}

}  // namespace
}  // namespace tally::audit::testing
