// The segment log at work on the simulated disk; sim_disk_recovery_test.cc has the damage.

#include <atomic>
#include <set>
#include <thread>

#include "sim/sim_disk_log_fixture.h"

namespace tally::sim {

using namespace example_log;

TEST(SegmentLog, ReadsBackWhatItAppendedBeforeAndAfterReopening) {
  SimDisk disk(1, {});
  auto log = created(disk);
  for (std::uint64_t seq = 0; seq < 60; seq += 3) ASSERT_TRUE(log->append(frame_of(seq, 3)));
  expect_records(*log, 60);
  auto again = reopened(disk);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_FALSE(again->torn);
  expect_records(*again->log, 60);
  EXPECT_EQ(again->log->position().root, root_at(60));
  EXPECT_EQ(again->log->ledger(), kLedger);
  auto middle = again->log->read(31, 4);
  ASSERT_TRUE(middle);
  ASSERT_EQ(middle->size(), 4u);
  EXPECT_EQ((*middle)[0].leaf, record_of(31, 0).leaf);
  EXPECT_TRUE(again->log->read(60, 5)->empty());
}

TEST(SegmentLog, ACreationThatWasCutShortIsRepeated) {
  for (std::uint64_t cut : {1u, 2u}) {
    for (std::uint64_t reached : {0u, 1u}) {
      SimDisk disk(1, {});
      disk.crash_at_change({.at_change = cut, .sectors = reached});
      EXPECT_EQ(code_of(SegmentLog::create(disk, kLedger, small(), salts())), "power_cut");
      disk.crash();
      bool begun = cut == 2 && reached == 1;
      EXPECT_EQ(code_of(reopened(disk)), begun ? "" : "ledger_absent");
      auto again = SegmentLog::create(disk, kLedger, small(), salts());
      EXPECT_EQ(code_of(again), begun ? "ledger_exists" : "");
    }
  }
}

TEST(SegmentLog, IsPoisonedByTheFirstFailedWrite) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SimDisk disk(seed, {});
    auto log = created(disk);
    ASSERT_TRUE(log->append(frame_of(0, 2, 300)));
    disk.set_options({.write_fails_per_mille = 1000});
    auto failed = log->append(frame_of(2, 2, 300));
    ASSERT_FALSE(failed);
    EXPECT_EQ(outcome_of(failed), ports::AppendOutcome::unknown);
    disk.set_options({});
    auto refused = log->append(frame_of(2, 2, 300));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "log_poisoned");
    expect_records(*log, 2, 300);
    // Whatever a new open finds is durable from then on, even if the drive lied to it before.
    auto again = reopened(disk);
    ASSERT_TRUE(again) << again.error().detail;
    auto size = again->log->next_seq();
    ASSERT_TRUE(size == 2 || size == 4);
    disk.crash();
    auto third = reopened(disk);
    ASSERT_TRUE(third) << third.error().detail;
    EXPECT_FALSE(third->torn);
    expect_records(*third->log, size, 300);
  }
}

// Found by the simulator: a file prepared behind a segment that was never begun made the ledger
// one that no start would open again.
TEST(SegmentLog, PreparesNothingBehindASegmentThatWasNotBegun) {
  SimDisk disk(1, {.capacity_bytes = 8 * kBlock});
  auto log = created(disk);
  for (std::uint64_t seq = 0; seq < 5; ++seq) ASSERT_TRUE(log->append(frame_of(seq, 1)));
  ASSERT_EQ(log->append(frame_of(5, 1)).error().code, "disk_full");
  disk.set_options({});
  ASSERT_TRUE(log->prepare_next());
  auto again = reopened(disk);
  ASSERT_TRUE(again) << again.error().detail;
  expect_records(*again->log, 5);
}

TEST(SegmentLog, StopsWhenItCannotBeginTheNextSegment) {
  SimDisk disk(1, {.capacity_bytes = 8 * kBlock});
  auto log = created(disk);
  std::uint64_t seq = 0;
  for (; seq < 5; ++seq) ASSERT_TRUE(log->append(frame_of(seq, 1)));
  EXPECT_EQ(log->prepare_next().error().code, "disk_full");
  EXPECT_EQ(log->append(frame_of(seq, 1)).error().code, "disk_full");
  disk.set_options({});
  EXPECT_EQ(log->append(frame_of(seq, 1)).error().code, "log_poisoned");
  auto again = reopened(disk);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->log->append(frame_of(seq, 1)));
}

TEST(SegmentLog, RefusesAFrameThatIsNotNextWithoutHarm) {
  SimDisk disk(1, {});
  auto log = created(disk);
  auto late = frame_of(0, 1);
  late.epoch = 7;
  ASSERT_TRUE(log->append(late));
  EXPECT_EQ(outcome_of(log->append(frame_of(0, 1))), ports::AppendOutcome::conflict);
  EXPECT_EQ(outcome_of(log->append(frame_of(2, 1))), ports::AppendOutcome::conflict);
  EXPECT_EQ(outcome_of(log->append(frame_of(1, 1))), ports::AppendOutcome::fenced);
  auto again = reopened(disk);
  ASSERT_TRUE(again);
  EXPECT_EQ(outcome_of(again->log->append(frame_of(1, 1))), ports::AppendOutcome::fenced);
  auto next = frame_of(1, 1);
  next.epoch = 7;
  EXPECT_EQ(outcome_of(log->append(next)), ports::AppendOutcome::durable);
}

TEST(SegmentLog, RollsOverIntoThePreparedFileOrMakesOne) {
  for (bool prepare : {false, true}) {
    SimDisk disk(1, {});
    auto log = created(disk);
    for (std::uint64_t seq = 0; seq < 40; ++seq) {
      if (prepare) {
        ASSERT_TRUE(log->prepare_next());
      }
      ASSERT_TRUE(log->append(frame_of(seq, 1)));
    }
    // Five frames in the first segment, nine in each later one: four more for 35, one prepared;
    // and the head.
    EXPECT_EQ(disk.list()->size(), prepare ? 7u : 6u);
    auto again = reopened(disk);
    ASSERT_TRUE(again) << again.error().detail;
    expect_records(*again->log, 40);
    ASSERT_TRUE(again->log->append(frame_of(40, 1)));
  }
}

TEST(SegmentLog, MakesAFileAgainThatAnAttemptLeftHalfWay) {
  for (bool prepare : {true, false}) {
    SimDisk disk(1, {});
    auto log = created(disk);
    // The attempt got as far as the name, and failed at what comes after it.
    ASSERT_TRUE(disk.create_zeroed("0000000001.seg", kBlock));
    if (prepare) {
      ASSERT_TRUE(log->prepare_next());
    }
    for (std::uint64_t seq = 0; seq < 20; ++seq) ASSERT_TRUE(log->append(frame_of(seq, 1)));
    auto again = reopened(disk);
    ASSERT_TRUE(again) << again.error().detail;
    expect_records(*again->log, 20);
  }
}

// What an older segment left in a sector must not pass for a frame of a newer one.
TEST(SegmentLog, GivesEachSegmentASaltOfItsOwn) {
  SimDisk disk(1, {});
  auto log = created(disk);
  for (std::uint64_t seq = 0; seq < 40; ++seq) ASSERT_TRUE(log->append(frame_of(seq, 1)));
  std::set<std::uint64_t> salts;
  auto names = *disk.list();
  std::erase(names, segments::kHeadName);
  for (auto const& name : names) {
    auto const header = segments::decode_segment_header(ByteView(disk.content(name)).first(kBlock));
    ASSERT_TRUE(header) << name;
    salts.insert(header->salt);
  }
  EXPECT_EQ(salts.size(), names.size());
}

TEST(SegmentLog, SkipsSegmentsThatAreTooSmallForAFrameAndRefusesOneThatFitsNowhere) {
  SimDisk disk(1, {});
  auto log = created(disk, {.segment_bytes = {2 * kBlock, 2 * kBlock, 9 * kBlock}});
  EXPECT_EQ(log->append(frame_of(0, 1, 40'000)).error().code, "frame_refused");
  ASSERT_TRUE(log->append(frame_of(0, 1, 30'000)));
  auto again = reopened(disk);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(disk.list()->size(), 4u);  // and the head
  expect_records(*again->log, 1, 30'000);
}

TEST(SegmentLog, ATrustedStartLeavesEarlierFramesToTheFullCheckAndToReaders) {
  SimDisk disk(1, {});
  auto log = created(disk);
  for (std::uint64_t seq = 0; seq < 30; ++seq) ASSERT_TRUE(log->append(frame_of(seq, 1)));
  auto trusted = small();
  trusted.trusted_seq = 29;
  {
    auto again = reopened(disk, trusted);
    ASSERT_TRUE(again) << again.error().detail;
    expect_records(*again->log, 30);
    ASSERT_TRUE(again->log->append(frame_of(30, 1)));
  }
  disk.flip_bit("0000000000.seg", 3 * kBlock + 600, 0);
  auto again = reopened(disk, trusted);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->log->read(20, 5));
  EXPECT_EQ(again->log->read(4, 1).error().code, "ledger_corrupt");
  auto checked = segments::check_frames(disk, ignore);
  ASSERT_TRUE(checked);
  ASSERT_TRUE(checked->damage);
  EXPECT_EQ(checked->damage->seq, 2u);
  trusted.trusted_seq = 32;
  EXPECT_EQ(code_of(reopened(disk, trusted)), "ledger_rolled_back");
}

TEST(SegmentLog, ScansFramesInOrderFromTheOneThatHoldsASequence) {
  SimDisk disk(1, {});
  auto log = created(disk);
  for (std::uint64_t seq = 0; seq < 60; seq += 3) ASSERT_TRUE(log->append(frame_of(seq, 3)));
  std::vector<std::uint64_t> seen;
  auto collect = [&](ports::FrameView const& frame) -> Result<void> {
    seen.push_back(frame.first_seq);
    return {};
  };
  ASSERT_TRUE(log->scan(49, collect));
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{48, 51, 54, 57}));
  auto stop = [](ports::FrameView const&) -> Result<void> { return fail("enough", ""); };
  EXPECT_EQ(log->scan(0, stop).error().code, "enough");
  EXPECT_TRUE(log->scan(60, stop));
}

// Frames of segments that are read in several pieces, some of which end within a frame: of segments
// walked before, and of one that is walked by the scan.
TEST(SegmentLog, FramesThatAreKeptOutliveTheScan) {
  constexpr std::size_t kLeaf = 60'000;
  SimDisk disk(1, {});
  LogOptions const options{.segment_bytes = {12u << 20}};
  auto const log = created(disk, options);
  for (std::uint64_t seq = 0; seq < 90; seq += 15)
    ASSERT_TRUE(log->append(frame_of(seq, 15, kLeaf)));
  ASSERT_TRUE(log->append(frame_of(90, 75, kLeaf)));  // longer than a piece
  ASSERT_TRUE(log->append(frame_of(165, 75, kLeaf)));
  ASSERT_TRUE(log->append(frame_of(240, 1)));
  LogOptions unwalked = options;
  unwalked.verify = segments::Verify::the_end;
  auto const again = reopened(disk, unwalked);
  ASSERT_TRUE(again) << again.error().detail;
  for (SegmentLog const* each : {log.get(), again->log.get()}) {
    std::vector<ports::FrameView> kept;
    auto const keep = [&](ports::FrameView const& frame) -> Result<void> {
      kept.push_back(frame);
      return {};
    };
    ASSERT_TRUE(each->scan(0, keep));
    std::uint64_t seq = 0;
    for (ports::FrameView const& frame : kept) {
      ASSERT_NE(frame.memory, nullptr);
      for (ports::RecordView const& record : frame.records) {
        ports::LogRecord const expected = record_of(seq, seq < 240 ? kLeaf : 0);
        ++seq;
        EXPECT_EQ(as_text(record.leaf), as_text(expected.leaf));
        EXPECT_EQ(as_text(record.enclosure), as_text(expected.enclosure));
      }
    }
    EXPECT_EQ(seq, 241u);
  }
}

TEST(SegmentLog, ReadOnlyLeavesATornTailAndRefusesAppends) {
  SimDisk disk(1, {});
  auto log = created(disk);
  ASSERT_TRUE(log->append(frame_of(0, 2, 300)));
  disk.crash_at_change({.at_change = 1, .sectors = 0b011});
  ASSERT_FALSE(log->append(frame_of(2, 2, 300)));
  disk.crash();
  auto changes = disk.changes();
  auto options = small();
  options.read_only = true;
  auto again = reopened(disk, options);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->torn);
  expect_records(*again->log, 2, 300);
  EXPECT_FALSE(again->log->append(frame_of(2, 2, 300)));
  EXPECT_EQ(disk.changes(), changes);
  auto checked = segments::check_frames(disk, ignore);
  ASSERT_TRUE(checked);
  ASSERT_TRUE(checked->damage);
  EXPECT_EQ(checked->damage->kind, segments::DamageKind::torn);
  EXPECT_TRUE(checked->sound());
}

TEST(CheckFrames, ReportsWhatTheVisitorFindsAtTheFrame) {
  SimDisk disk(1, {});
  auto log = created(disk);
  fill(*log);
  auto checked = segments::check_frames(disk, [](ports::FrameView const& frame) -> Result<void> {
    if (frame.first_seq == 41) return fail("root", "the tree has another root");
    return {};
  });
  ASSERT_TRUE(checked);
  ASSERT_TRUE(checked->damage);
  EXPECT_EQ(checked->damage->seq, 41u);
  EXPECT_EQ(checked->damage->what, "the tree has another root");
  EXPECT_EQ(checked->verified.next_seq, 41u);
}

TEST(SegmentLog, ServesReadersWhileItAppends) {
  SimDisk disk(1, {});
  auto log = created(disk);
  std::atomic<bool> done = false;
  std::atomic<int> faults = 0;
  auto read = [&] {
    Prng prng(7);
    while (!done) {
      auto size = log->next_seq();
      if (size == 0) continue;
      auto from = prng.below(size);
      auto records = log->read(from, 20);
      if (!records || records->empty() || (*records)[0].leaf != record_of(from, 0).leaf) ++faults;
    }
  };
  auto scan = [&] {
    while (!done) {
      std::uint64_t next = 0;
      auto visit = [&](ports::FrameView const& frame) -> Result<void> {
        if (frame.first_seq != next) ++faults;
        next = frame.next_seq();
        return {};
      };
      if (!log->scan(0, visit)) ++faults;
    }
  };
  std::thread reader(read);
  std::thread scanner(scan);
  std::thread helper([&] {
    while (!done) {
      if (!log->prepare_next()) ++faults;
    }
  });
  for (std::uint64_t seq = 0; seq < 900; seq += 3) ASSERT_TRUE(log->append(frame_of(seq, 3)));
  done = true;
  reader.join();
  scanner.join();
  helper.join();
  EXPECT_EQ(faults, 0);
  expect_records(*log, 900);
}

}  // namespace tally::sim
