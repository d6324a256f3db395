#include "ledger/snapshots.h"

#include "ledger/snapshots_fixture.h"

namespace tally::ledger::testing {
namespace {

TEST_F(SnapshotsTest, AStartGoesOnFromTheNewest) {
  write_and_go_on();
  expect_opened(snapshot, 0);
}

// From the snapshot, and from nothing.
TEST_F(SnapshotsTest, AStartWithThreadsComesToTheSame) {
  helper = audit::Helper::thread;
  write_and_go_on();
  expect_opened(snapshot, 0);
  derived.files.clear();
  expect_opened(0, 0);
}

// The edge between what is only indexed and what is kept itself is inside a frame.
TEST_F(SnapshotsTest, AStartIndexesAllAndKeepsTheLatest) {
  constexpr std::size_t kEdge = 402;
  size = story.steps(600).store(disk);
  kept_events = size - kEdge;
  Index expected;
  for (domain::Recorded const& recorded : story.history()) expected.note(recorded, {});
  for (audit::Helper one : {audit::Helper::none, audit::Helper::thread}) {
    helper = one;
    ASSERT_TRUE(open());
    ASSERT_EQ(index.size(), static_cast<std::int64_t>(size));
    for (std::size_t seq = 0; seq < size; ++seq) {
      domain::Recorded const& recorded = story.history()[seq];
      auto const kept = index.recent(static_cast<std::int64_t>(seq));
      ASSERT_EQ(kept != nullptr, seq >= kEdge) << seq;
      if (kept) {
        EXPECT_EQ(kept->recorded, recorded);
      }
      if (auto const run = recorded.header.run) {
        EXPECT_EQ(*index.of_run(*run), *expected.of_run(*run));
      }
      if (auto const trace = recorded.header.correlation) {
        EXPECT_EQ(*index.first_of(key_of(*trace), 0, size),
                  *expected.first_of(key_of(*trace), 0, size));
      }
    }
  }
}

TEST_F(SnapshotsTest, AStartPutsFullTablesIntoFiles) {
  size = story.steps(600).store(disk);
  kept_events = 10;
  for (audit::Helper one : {audit::Helper::none, audit::Helper::thread}) {
    helper = one;
    for (bool const room : {true, false}) {
      Index small(64);
      into = &small;
      derived.files.clear();
      derived.free = room ? std::uint64_t{1} << 40 : 0;
      auto const opened = open();
      ASSERT_TRUE(opened);
      EXPECT_EQ(opened->left_aside.size(), room ? 0u : 1u);
      EXPECT_EQ(derived.files.empty(), !room);
      EXPECT_EQ(small.size(), static_cast<std::int64_t>(size));
      for (domain::Recorded const& recorded : story.history()) {
        if (!recorded.header.run) continue;
        auto const found = small.of_run(*recorded.header.run);
        ASSERT_TRUE(found);
        EXPECT_EQ(std::ranges::count(*found, recorded.header.seq), 1) << recorded.header.seq;
      }
    }
  }
}

TEST_F(SnapshotsTest, HoldsTheWholeBasis) {
  Digest const digest = story.steps(300).digest();
  size = story.checkpoint().steps(50).checkpoint().store(disk);
  attest();
  auto const loaded = snapshots.load(story.covered());
  ASSERT_TRUE(loaded) << loaded.error().detail;
  EXPECT_EQ(loaded->tree.size(), story.covered());
  EXPECT_FALSE(loaded->recent_roots.empty());
  EXPECT_EQ(loaded->recent_roots.rbegin()->second, loaded->tree.root());
  EXPECT_EQ(codec::StateDigest::of(loaded->state), digest);
}

TEST_F(SnapshotsTest, OfAnyDamagedByteIsNotUsed) {
  write_and_go_on();
  Bytes const whole = file();
  for (std::size_t at = 0; at < whole.size(); at += 1 + whole.size() / 40) {
    file() = whole;
    file()[at] ^= 0x10;
    EXPECT_FALSE(snapshots.load(snapshot)) << at;
  }
  expect_opened(0, 1);
  for (std::size_t const bytes : {whole.size() - 1, whole.size() / 2, std::size_t{1}}) {
    file() = whole;
    file().resize(bytes);
    auto const loaded = snapshots.load(snapshot);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, "damaged");
  }
  expect_opened(0, 1);
}

TEST_F(SnapshotsTest, OfAnotherBuildIsNotUsed) {
  write_and_go_on();
  auto const opened = open(Snapshots(derived, "another build", as_bytes(kPepper)));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->folded_from, 0u);
  ASSERT_EQ(opened->left_aside.size(), 1u);
  EXPECT_EQ(opened->left_aside[0].code, "other_build");
}

// In a segment that only the scan behind the snapshot reads. Another snapshot would meet the same,
// so none is tried: the index is begun once, as in a start that has none.
TEST_F(SnapshotsTest, BehindWhichTheLogIsDamagedIsTheOnlyOneTried) {
  size = story.steps(100).checkpoint().steps(5).checkpoint().store(disk);
  attest();
  size = story.steps(900).checkpoint().store(disk);
  std::string const last = std::prev(disk.files.find(segments::kHeadName))->first;
  std::uint64_t const before_last = *segments::segment_number(last) - 1;
  ASSERT_GE(before_last, 1u);
  disk.files[segments::segment_name(before_last)][5'000] ^= 1;
  auto const lists_of_a_start = [&] {
    derived.lists = 0;
    auto const opened = open();
    EXPECT_EQ(opened ? "" : opened.error().code, "ledger_corrupt");
    return derived.lists;
  };
  int const with_a_snapshot = lists_of_a_start();
  derived.files.clear();
  EXPECT_EQ(with_a_snapshot, lists_of_a_start());
}

TEST_F(SnapshotsTest, ThatNoCheckpointConfirmsIsNotUsed) {
  write_and_go_on();
  auto opened = open();
  ASSERT_TRUE(opened);
  ASSERT_TRUE(snapshots.save({std::move(opened->state), std::move(opened->tree), {}}));
  expect_opened(snapshot, 1);
  EXPECT_EQ(open()->left_aside[0].code, "unproven");
}

TEST_F(SnapshotsTest, WithAnotherStateThanTheLedgersIsNotUsed) {
  write_and_go_on();
  auto basis = snapshots.load(snapshot);
  ASSERT_TRUE(basis);
  basis->state.settings.set(domain::setting::kQuorum.name, 3);
  ASSERT_TRUE(snapshots.save(*basis));
  auto const opened = open();
  ASSERT_TRUE(opened);
  ASSERT_EQ(opened->left_aside.size(), 1u);
  EXPECT_NE(opened->left_aside[0].detail.find("the state folded from the leaves is not the one"),
            std::string::npos)
      << opened->left_aside[0].detail;
  expect_opened(0, 1);
}

TEST_F(SnapshotsTest, ThatIsOlderIsTriedWhereTheNewestFails) {
  write_and_go_on();
  size = story.checkpoint().steps(10).store(disk);
  attest(Reach::tail);
  EXPECT_EQ(snapshots.sizes(), (std::vector<std::uint64_t>{story.covered(), snapshot}));
  expect_opened(story.covered(), 0);
  derived.files.rbegin()->second.back() ^= 1;
  expect_opened(snapshot, 1);
}

TEST_F(SnapshotsTest, RefusesALedgerThatIsShorter) {
  write_and_go_on();
  Story shorter;
  shorter.steps(10).store(disk);
  auto const opened = open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "ledger_rolled_back");
  disk.files.clear();
  auto const absent = open();
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, "ledger_rolled_back");
}

TEST_F(SnapshotsTest, KeepsTheNewestTwo) {
  std::vector<std::uint64_t> sizes;
  story.steps(30).checkpoint();
  for (int i = 0; i < 4; ++i) {
    size = story.steps(30).checkpoint().store(disk);
    attest(i == 0 ? Reach::whole : Reach::tail);
    sizes.insert(sizes.begin(), story.covered());
  }
  sizes.resize(2);
  EXPECT_EQ(snapshots.sizes(), sizes);
  EXPECT_EQ(derived.files.size(), 2u);
}

// As when the ledger's directory was exchanged for another one.
TEST_F(SnapshotsTest, LargerThanTheNewestAreRemoved) {
  write_and_go_on();
  for (std::uint64_t const foreign : {1'000'000u, 2'000'000u})
    derived.files["state-" + std::string(20 - std::to_string(foreign).size(), '0') +
                  std::to_string(foreign)] = file();
  attest();
  EXPECT_EQ(snapshots.sizes(), std::vector<std::uint64_t>{snapshot});
}

TEST_F(SnapshotsTest, AreNotWrittenWhereTheLedgerNeedsTheRoom) {
  write_and_go_on();
  derived.files.clear();
  derived.free = 100u << 20;
  auto const attested = pass(Reach::whole, size);
  ASSERT_TRUE(attested);
  EXPECT_TRUE(attested->report.ok);
  ASSERT_FALSE(attested->saved);
  EXPECT_EQ(attested->saved.error().code, "disk_full");
  EXPECT_TRUE(derived.files.empty());
}

// The attestor must not condemn a sound ledger for a bad snapshot.
TEST_F(SnapshotsTest, ThatIsWrongIsNoDifferenceOfTheLedgers) {
  write_and_go_on();
  auto basis = snapshots.load(snapshot);
  ASSERT_TRUE(basis);
  basis->state.ledger.leases += 1;
  ASSERT_TRUE(snapshots.save(*basis));
  auto const attested = pass(Reach::tail, size);
  ASSERT_TRUE(attested);
  EXPECT_TRUE(attested->report.ok);
  EXPECT_TRUE(attested->tail_differed);
}

TEST_F(SnapshotsTest, ATailWithADifferenceIsFound) {
  write_and_go_on();
  auto const attested = pass(Reach::tail, size + 5);
  ASSERT_TRUE(attested);
  EXPECT_FALSE(attested->report.ok);
  EXPECT_EQ(attested->report.bad_seq, size);
}

}  // namespace
}  // namespace tally::ledger::testing
