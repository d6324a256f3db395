// The segment log after crashes, torn writes, flipped bits, lost files and lies.

#include "sim/sim_disk_log_fixture.h"

namespace tally::sim {

using namespace example_log;

TEST(SegmentLog, CrashAtEveryAppendWithEveryTearKeepsExactlyWhatWasAcknowledged) {
  constexpr std::uint64_t kAppends = 9;
  // Each frame has a header, two content sectors and five sectors of padding. Segment 0 holds
  // five frames, so that the sixth append also begins segment 1 (three changes).
  constexpr std::size_t kLeaf = 300;
  std::size_t torn_count = 0;
  std::size_t whole_count = 0;
  for (std::uint64_t cut = 1; cut <= kAppends + 2; ++cut) {
    for (std::uint64_t mask = 0; mask < 256; ++mask) {
      SimDisk disk(1, {});
      auto log = created(disk);
      disk.crash_at_change({.at_change = cut, .sectors = mask});
      std::uint64_t acknowledged = 0;
      while (log->append(frame_of(acknowledged, 2, kLeaf))) acknowledged += 2;
      ASSERT_LE(acknowledged, 2 * kAppends);
      disk.crash();
      auto again = reopened(disk);
      ASSERT_TRUE(again) << cut << " " << mask << " " << again.error().detail;
      auto size = again->log->next_seq();
      ASSERT_TRUE(size == acknowledged || size == acknowledged + 2) << cut << " " << mask;
      if (again->torn) {
        ++torn_count;
        ASSERT_EQ(again->torn->at_seq, acknowledged);
        ASSERT_EQ(size, acknowledged);
        ASSERT_GT(again->torn->bytes, 0u);
      }
      if (size > acknowledged) ++whole_count;
      expect_records(*again->log, size, kLeaf);
      ASSERT_TRUE(again->log->append(frame_of(size, 2, kLeaf)));
      auto verified = segments::check_frames(disk, ignore);
      ASSERT_TRUE(verified);
      ASSERT_FALSE(verified->damage) << verified->damage->text();
      ASSERT_EQ(verified->verified.next_seq, size + 2);
    }
  }
  // Of the 8 patterns of three sectors one leaves nothing, one everything and six are torn; nine
  // of the eleven cuts hit a frame.
  EXPECT_EQ(torn_count, 9u * 6 * 32);
  EXPECT_EQ(whole_count, 9u * 32);
}

TEST(SegmentLog, APowerCutDuringRecoveryIsRecoveredFrom) {
  for (std::uint64_t mask = 0; mask < 256; ++mask) {
    SimDisk disk(mask, {});
    auto log = created(disk);
    ASSERT_TRUE(log->append(frame_of(0, 2, 300)));
    disk.crash_at_change({.at_change = 1, .sectors = 0b011});
    ASSERT_FALSE(log->append(frame_of(2, 2, 300)));
    disk.crash();
    disk.crash_at_change({.at_change = 1, .sectors = mask});
    EXPECT_EQ(code_of(reopened(disk)), "power_cut");
    disk.crash();
    auto again = reopened(disk);
    ASSERT_TRUE(again) << again.error().detail;
    expect_records(*again->log, 2, 300);
  }
}

TEST(SegmentLog, NoFlippedBitPassesUnnoticedOrForATornWrite) {
  SimDisk disk(1, {});
  auto log = created(disk);
  fill(*log);
  ASSERT_TRUE(log->prepare_next());
  ASSERT_TRUE(log->note_head(144, root_at(144)));
  auto names = *disk.list();
  ASSERT_EQ(names.size(), 5u);  // three segments, the prepared one, head
  Prng prng(2026);
  for (int round = 0; round < 2000; ++round) {
    auto const& name = names[prng.below(names.size())];
    auto offset = prng.below(disk.content(name).size());
    auto bit = static_cast<unsigned>(prng.below(8));
    disk.flip_bit(name, offset, bit);
    auto changes = disk.changes();
    auto opened = reopened(disk);
    ASSERT_EQ(code_of(opened), "ledger_corrupt") << name << " " << offset << " " << bit;
    ASSERT_EQ(disk.changes(), changes) << "a refused open changes nothing";
    ASSERT_EQ(code_of_reading_all(disk), "ledger_corrupt") << name << " " << offset << " " << bit;
    auto checked = segments::check_frames(disk, ignore);
    ASSERT_TRUE(checked);
    ASSERT_TRUE(checked->damage) << name << " " << offset;
    ASSERT_EQ(checked->damage->kind, segments::DamageKind::corrupt) << checked->damage->text();
    ASSERT_FALSE(checked->sound());
    disk.flip_bit(name, offset, bit);
  }
  EXPECT_TRUE(reopened(disk));
  EXPECT_EQ(code_of_reading_all(disk), "");
}

// Nobody looks a sequence up in a segment without frames, and it is verified all the same.
TEST(SegmentLog, NoFlippedBitOfASegmentWithoutFramesPassesAScan) {
  SimDisk disk(1, {});
  auto log = created(disk, {.segment_bytes = {2 * kBlock, 2 * kBlock, 9 * kBlock}});
  ASSERT_TRUE(log->append(frame_of(0, 1, 30'000)));
  ASSERT_TRUE(log->append(frame_of(1, 1)));
  EXPECT_EQ(code_of_reading_all(disk), "");
  for (char const* name : {"0000000000.seg", "0000000001.seg"}) {
    disk.flip_bit(name, kBlock + 700, 2);
    EXPECT_EQ(code_of_reading_all(disk), "ledger_corrupt") << name;
    disk.flip_bit(name, kBlock + 700, 2);
  }
}

TEST(SegmentLog, NothingOfATornTailIsZeroedWhereTheLogIsDamagedInFrontOfIt) {
  SimDisk disk(1, {});
  auto log = created(disk);
  fill(*log);
  disk.crash_at_change({.at_change = 1, .sectors = 0b011});
  ASSERT_FALSE(log->append(frame_of(246, 2, 300)));
  disk.crash();
  disk.flip_bit("0000000000.seg", 2 * kBlock + 700, 3);
  auto const changes = disk.changes();
  EXPECT_EQ(code_of_reading_all(disk), "ledger_corrupt");
  EXPECT_EQ(disk.changes(), changes);
  disk.flip_bit("0000000000.seg", 2 * kBlock + 700, 3);
  EXPECT_EQ(code_of_reading_all(disk), "");
  EXPECT_GT(disk.changes(), changes);
}

// Though the frames before the last segment are left to the scan.
TEST(SegmentLog, AnOpenComparesTheNotedCheckpointWithItsFrameInAnySegment) {
  SimDisk disk(1, {});
  auto log = created(disk);
  fill(*log);
  ASSERT_TRUE(disk.replace("head", segments::encode_head({kLedger, 44, root_at(44)})));
  EXPECT_EQ(code_of_reading_all(disk), "");
  ASSERT_TRUE(disk.replace("head", segments::encode_head({kLedger, 44, root_at(7)})));
  EXPECT_EQ(code_of_reading_all(disk), "ledger_corrupt");
}

// The seam between a segment that is verified later and the one behind it.
TEST(SegmentLog, AScanFindsASegmentThatEndsElsewhereThanTheNextOneSays) {
  SimDisk disk(1, {});
  auto log = created(disk);
  fill(*log);
  auto header =
      segments::decode_segment_header(ByteView(disk.content("0000000001.seg")).first(kBlock));
  ASSERT_TRUE(header);
  header->root_before = root_at(7);
  auto const file = *disk.open("0000000001.seg");
  ASSERT_TRUE(file->write_durable(0, segments::encode_segment_header(*header)));
  EXPECT_EQ(code_of_reading_all(disk), "ledger_corrupt");
}

TEST(SegmentLog, NoFlippedBitOfTheLastFrameOrTheTailPassesForATornWrite) {
  SimDisk disk(1, {});
  auto log = created(disk);
  ASSERT_TRUE(log->append(frame_of(0, 2, 300)));
  // Every byte of the frame, and many of the next two blocks of zeros.
  for (auto offset = kBlock; offset < 4 * kBlock; offset += offset < 2 * kBlock ? 1 : 23) {
    auto bit = static_cast<unsigned>(offset % 8);
    disk.flip_bit("0000000000.seg", offset, bit);
    ASSERT_EQ(code_of(reopened(disk)), "ledger_corrupt") << offset;
    disk.flip_bit("0000000000.seg", offset, bit);
  }
}

TEST(SegmentLog, NamesTheSequenceAndTheFaultOfADamagedFrame) {
  SimDisk disk(1, {});
  auto log = created(disk);
  fill(*log);
  disk.flip_bit("0000000000.seg", 2 * kBlock + 700, 3);
  auto opened = reopened(disk);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().detail,
            "The ledger is damaged at sequence 1 (0000000000.seg, byte 8192): the frame's content "
            "does not match its checksum. Restore this segment from a mirror or a backup; no event "
            "was changed.");
}

TEST(SegmentLog, AWipedFrameBeforeAValidOneIsCorruption) {
  SimDisk disk(1, {});
  auto log = created(disk);
  ASSERT_TRUE(log->append(frame_of(0, 1)));
  auto file = *disk.open("0000000000.seg");
  Bytes before(kBlock);
  ASSERT_TRUE(file->read(kBlock, before));
  ASSERT_TRUE(log->append(frame_of(1, 1)));
  // Both a wiped header sector and a wiped content sector look torn by themselves.
  for (std::size_t sector : {0u, 1u}) {
    auto damaged = before;
    std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(sector * kSimSector), kSimSector,
                std::uint8_t{0});
    ASSERT_TRUE(file->write_durable(kBlock, damaged));
    EXPECT_EQ(code_of(reopened(disk)), "ledger_corrupt");
  }
  ASSERT_TRUE(file->write_durable(kBlock, before));
  EXPECT_EQ(code_of(reopened(disk)), "");
}

TEST(SegmentLog, ATailBelowTheNotedCheckpointOrTheTrustedSizeIsNeverTorn) {
  SimDisk disk(1, {});
  auto log = created(disk);
  ASSERT_TRUE(log->append(frame_of(0, 2)));
  auto file = *disk.open("0000000000.seg");
  Bytes frame(kBlock);
  ASSERT_TRUE(file->read(kBlock, frame));
  std::fill_n(frame.begin(), kSimSector, std::uint8_t{0});
  ASSERT_TRUE(file->write_durable(kBlock, frame));
  auto trusted = small();
  trusted.trusted_seq = 1;
  EXPECT_EQ(code_of(reopened(disk, trusted)), "ledger_corrupt");
  ASSERT_TRUE(disk.replace("head", segments::encode_head({kLedger, 2, root_at(2)})));
  EXPECT_EQ(code_of(reopened(disk)), "ledger_corrupt");
  ASSERT_TRUE(disk.remove("head"));
  auto again = reopened(disk);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->torn);
}

TEST(SegmentLog, RefusesTruncatedAndMissingFiles) {
  SimDisk disk(1, {});
  auto log = created(disk);
  fill(*log);
  ASSERT_TRUE(log->note_head(246, root_at(246)));
  auto names = *disk.list();
  for (auto const& name : names) {
    if (name == "head") continue;
    auto whole = disk.content(name);
    for (std::uint64_t size : {std::uint64_t{0}, kBlock - 1, kBlock, kBlock + 512,
                               whole.size() - kBlock, whole.size() - 1}) {
      disk.truncate(name, size);
      EXPECT_EQ(code_of(reopened(disk)), "ledger_corrupt") << name << " " << size;
      auto checked = segments::check_frames(disk, ignore);
      ASSERT_TRUE(checked);
      EXPECT_TRUE(checked->damage);
      disk.remove_at_rest(name);
      ASSERT_TRUE(disk.replace(name, whole));
    }
    disk.remove_at_rest(name);
    auto expected = name == "0000000002.seg" ? "ledger_rolled_back" : "ledger_corrupt";
    EXPECT_EQ(code_of(reopened(disk)), expected) << name;
    ASSERT_TRUE(disk.replace(name, whole));
  }
  EXPECT_EQ(code_of(reopened(disk)), "");
}

TEST(SegmentLog, RefusesToRollBackBehindTheNotedCheckpoint) {
  SimDisk disk(1, {});
  auto log = created(disk);
  ASSERT_TRUE(log->append(frame_of(0, 2)));
  auto old = disk.content("0000000000.seg");
  ASSERT_TRUE(log->append(frame_of(2, 2)));
  ASSERT_TRUE(log->note_head(4, root_at(4)));
  ASSERT_TRUE(disk.replace("0000000000.seg", old));
  EXPECT_EQ(code_of(reopened(disk)), "ledger_rolled_back");
  disk.remove_at_rest("0000000000.seg");
  EXPECT_EQ(code_of(reopened(disk)), "ledger_rolled_back");
  EXPECT_EQ(code_of(SegmentLog::create(disk, kLedger, small(), salts())), "ledger_exists");
}

TEST(SegmentLog, RefusesATreeThatIsNotTheNotedOne) {
  SimDisk disk(1, {});
  auto log = created(disk);
  ASSERT_TRUE(log->append(frame_of(0, 2)));
  ASSERT_TRUE(log->note_head(2, root_at(999)));
  EXPECT_EQ(code_of(reopened(disk)), "ledger_corrupt");
}

TEST(SegmentLog, RefusesAnotherLedgersFiles) {
  SimDisk disk(1, {});
  auto log = created(disk);
  fill(*log);
  auto opened = SegmentLog::open(disk, LedgerId(43), small(), salts());
  EXPECT_EQ(code_of(opened), "ledger_mismatch");
  auto any = SegmentLog::open(disk, std::nullopt, small(), salts());
  ASSERT_TRUE(any);
  EXPECT_EQ(any->log->ledger(), kLedger);
  SimDisk other(2, {});
  auto other_log = *SegmentLog::create(other, LedgerId(43), small(), salts());
  fill(*other_log.log);
  ASSERT_TRUE(disk.replace("0000000001.seg", other.content("0000000001.seg")));
  EXPECT_EQ(code_of(reopened(disk)), "ledger_mismatch");
}

TEST(SegmentLog, RefusesASegmentOfTheSameLedgerFromAnotherHistory) {
  SimDisk disk(1, {});
  auto log = created(disk);
  fill(*log);
  // Same ledger, same sizes, another salt: only the frames' salt tells the files apart.
  SimDisk other(1, {});
  auto other_log = SegmentLog::create(other, kLedger, small(),
                                      [prng = Prng(5)]() mutable { return prng.next(); });
  fill(*other_log->log);
  auto mixed = disk.content("0000000000.seg");
  auto foreign = other.content("0000000000.seg");
  std::copy(foreign.begin() + kBlock, foreign.begin() + 2 * kBlock, mixed.begin() + kBlock);
  ASSERT_TRUE(disk.replace("0000000000.seg", mixed));
  auto opened = reopened(disk);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().detail.find("belongs to another segment"), std::string::npos);
}

TEST(SegmentLog, ASkippedSyncIsNoticed) {
  int noticed = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SimDisk disk(seed, {});
    auto log = created(disk);
    ASSERT_TRUE(log->append(frame_of(0, 2, 300)));
    disk.set_options({.lying_sync = true});
    for (std::uint64_t seq = 2; seq < 8; seq += 2) {
      ASSERT_TRUE(log->append(frame_of(seq, 2, 300)));
      ASSERT_TRUE(log->note_head(seq, root_at(seq)));
    }
    disk.crash();
    auto again = reopened(disk);
    if (!again || again->log->next_seq() < 8) ++noticed;
  }
  EXPECT_GE(noticed, 19);
}

TEST(SegmentLog, ATornLookInASealedSegmentIsCorruption) {
  SimDisk disk(1, {});
  auto log = created(disk);
  for (std::uint64_t seq = 0; seq < 6; ++seq) ASSERT_TRUE(log->append(frame_of(seq, 1)));
  auto file = *disk.open("0000000000.seg");
  Bytes before(kBlock);
  ASSERT_TRUE(file->read(5 * kBlock, before));
  for (std::size_t sector : {0u, 1u}) {
    auto damaged = before;
    std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(sector * kSimSector), kSimSector,
                std::uint8_t{0});
    ASSERT_TRUE(file->write_durable(5 * kBlock, damaged));
    EXPECT_EQ(code_of(reopened(disk)), "ledger_corrupt");
    auto checked = segments::check_frames(disk, ignore);
    ASSERT_TRUE(checked);
    ASSERT_TRUE(checked->damage);
    EXPECT_EQ(checked->damage->kind, segments::DamageKind::corrupt);
    EXPECT_EQ(checked->damage->seq, 4u);
  }
}

TEST(SegmentLog, RefusesASegmentThatDoesNotContinueTheOneBefore) {
  for (bool other_root : {false, true}) {
    SimDisk disk(1, {});
    SimDisk other(1, {});
    auto log = created(disk);
    auto other_log = created(other);
    for (std::uint64_t i = 0; i < 6; ++i) {
      ASSERT_TRUE(log->append(frame_of(i, 1)));
      auto frame = other_root ? frame_of(i, 1) : frame_of(2 * i, 2);
      if (other_root) frame.root_after = root_at(1000 + i);
      ASSERT_TRUE(other_log->append(frame));
    }
    ASSERT_TRUE(disk.replace("0000000001.seg", other.content("0000000001.seg")));
    auto opened = reopened(disk);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().detail.find(other_root ? "another root" : "begins with sequence 10"),
              std::string::npos)
        << opened.error().detail;
  }
}

TEST(SegmentLog, RefusesAValidFrameThatIsNotTheNextOne) {
  SimDisk disk(1, {});
  auto log = created(disk);
  ASSERT_TRUE(log->append(frame_of(0, 2)));
  auto file = *disk.open("0000000000.seg");
  Bytes block(kBlock);
  ASSERT_TRUE(file->read(0, block));
  auto salt = segments::decode_segment_header(block)->salt;
  segments::AlignedBuffer buffer;
  auto put = [&](ports::LogFrame const& frame) {
    ASSERT_TRUE(file->write_durable(2 * kBlock, *segments::encode_frame(frame, salt, buffer)));
  };
  put(frame_of(3, 1));
  EXPECT_EQ(code_of(reopened(disk)), "ledger_corrupt");
  put(frame_of(0, 2));
  EXPECT_EQ(code_of(reopened(disk)), "ledger_corrupt");
  auto older = frame_of(2, 1);
  older.epoch = 0;
  put(older);
  EXPECT_EQ(code_of(reopened(disk)), "ledger_corrupt");
  put(frame_of(2, 1));
  EXPECT_EQ(code_of(reopened(disk)), "");
}

}  // namespace tally::sim
