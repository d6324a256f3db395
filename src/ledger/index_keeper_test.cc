#include "ledger/index_keeper.h"

#include <bit>
#include <cmath>
#include <limits>

#include "audit/ledger_fixture.h"
#include "domain/workload_fixture.h"
#include "ledger/reader.h"

namespace tally::ledger {
namespace {

using ports::testing::MemoryDisk;

constexpr std::int64_t kSmallTable = 100;  // events

Digest leaf_hash_of(domain::Recorded const& recorded) {
  Bytes leaf;
  codec::encode(recorded, leaf);
  return merkle::leaf_hash(leaf);
}

// A log on a disk in memory, indexed in memory alone and by way of files.
class IndexKeeperTest : public testing::Test {
 protected:
  IndexKeeperTest() {
    while (load.world.history.size() < 120) load.step();
    load.world.ask(domain::system::CheckpointSigned{.note = {}, .size = 50, .state_digest = {}});
    while (load.world.history.size() < 1'000) load.step();
    audit::testing::store(disk, audit::testing::frames_of(load.world.history));
    auto opened = segments::SegmentLog::open(disk, std::nullopt, {.segment_bytes = {256u << 10}},
                                             [] { return 1u; });
    log = std::move(opened->log);
    for (auto const& recorded : load.world.history) plain.note(recorded, leaf_hash_of(recorded));
  }
  // Notes what the index lacks, up to this many events.
  void note_until(Index& into, std::int64_t end) {
    for (std::int64_t seq = into.size(); seq < end; ++seq) {
      auto const& recorded = load.world.history[static_cast<std::size_t>(seq)];
      into.note(recorded, leaf_hash_of(recorded));
    }
  }
  // A keeper of the fixture's own index, with so many events in files.
  IndexKeeper kept(std::int64_t end) {
    IndexKeeper keeper(derived, *log, index);
    EXPECT_TRUE(keeper.begin());
    note_until(index, end);
    EXPECT_TRUE(keeper.tend(IndexKeeper::What::all));
    return keeper;
  }
  void expect_same(Index const& one) {
    EXPECT_TRUE(one.last_checkpoint());
    EXPECT_EQ(one.size(), plain.size());
    EXPECT_EQ(one.last_checkpoint(), plain.last_checkpoint());
    for (TenantId const& tenant : {domain::testing::kAcme, domain::testing::kBeta}) {
      EXPECT_EQ(one.runs_of(tenant, {}, 10'000), *plain.runs_of(tenant, {}, 10'000));
      for (std::int64_t before = 0; before < 1'000; before += 37)
        EXPECT_EQ(one.runs_of(tenant, before, 4), *plain.runs_of(tenant, before, 4));
      for (std::int64_t from = 0; from < 1'000; from += 37)
        for (std::size_t const limit : {1u, 4u, 1'000u})
          EXPECT_EQ(one.first_of(key_of(tenant), from, limit),
                    *plain.first_of(key_of(tenant), from, limit));
    }
    for (auto const& recorded : load.world.history) {
      if (!recorded.header.run) continue;
      auto const found = one.of_run(*recorded.header.run);
      ASSERT_TRUE(found) << found.error().detail;
      EXPECT_EQ(found, *plain.of_run(*recorded.header.run));
    }
  }
  std::size_t files() const { return derived.files.size(); }
  void damage(std::string const& name, std::size_t at) { derived.files.at(name).at(at) ^= 1; }
  std::string const& first_file() const { return derived.files.begin()->first; }

  domain::testing::Workload load{51};
  MemoryDisk disk;
  MemoryDisk derived;
  std::unique_ptr<segments::SegmentLog> log;
  Index plain;
  Index index{kSmallTable};
};

using What = IndexKeeper::What;

TEST_F(IndexKeeperTest, WhatIsInFilesIsFoundAsInMemory) {
  IndexKeeper keeper(derived, *log, index);
  ASSERT_TRUE(keeper.begin());
  note_until(index, plain.size());
  expect_same(index);
  ASSERT_TRUE(keeper.tend(What::full));
  EXPECT_GE(files(), 1u);
  expect_same(index);
  ASSERT_TRUE(keeper.tend(What::all));
  expect_same(index);
  EXPECT_EQ(index.runs_of(domain::testing::kAcme, std::numeric_limits<std::int64_t>::max(), 1'000),
            *plain.runs_of(domain::testing::kAcme, {}, 1'000));
  EXPECT_TRUE(index.runs_of(domain::testing::kAcme, -1, 1'000)->empty());
}

TEST_F(IndexKeeperTest, AStartGoesOnFromTheFiles) {
  kept(877);
  EXPECT_EQ(files(), 2u);
  Index later(kSmallTable);
  IndexKeeper keeper(derived, *log, later);
  ASSERT_TRUE(keeper.begin());
  EXPECT_EQ(later.size(), 877);
  note_until(later, plain.size());
  expect_same(later);
}

TEST_F(IndexKeeperTest, FilesStayFew) {
  IndexKeeper keeper(derived, *log, index);
  ASSERT_TRUE(keeper.begin());
  for (std::int64_t end = 50; end < plain.size(); end += 50) {
    note_until(index, end);
    ASSERT_TRUE(keeper.tend(What::all));
    EXPECT_EQ(files(), index.parts(Index::OpenTable::leave).size());
    EXPECT_LE(files(), 8u);
  }
  EXPECT_EQ(files(), 3u);  // of 800, 100 and 50 events
}

// Such lengths that no two neighbours are alike, and their sums are little more than the longest.
TEST_F(IndexKeeperTest, FilesStayFewWhereverTablesAreClosed) {
  IndexKeeper keeper(derived, *log, index);
  ASSERT_TRUE(keeper.begin());
  std::int64_t end = 0;
  for (unsigned turn = 1; end < plain.size(); ++turn) {
    auto const events = static_cast<std::int64_t>(std::pow(2.29, std::countr_zero(turn)));
    end = std::min(end + events, plain.size());
    note_until(index, end);
    ASSERT_TRUE(keeper.tend(What::all));
    EXPECT_LE(files(), 15u);  // one of 800 events, 7 of 100, 7 short ones
  }
  expect_same(index);
}

// Whatever byte is wrong: the part says so, and is the same once it is made again.
TEST_F(IndexKeeperTest, ADamagedFileIsNoticedAndMadeAgain) {
  kept(plain.size());
  std::string const name = first_file();
  Bytes const whole = derived.files.at(name);
  for (std::size_t at = 0; at < whole.size(); at += 999) {
    damage(name, at);
    Index later(kSmallTable);
    IndexKeeper mending(derived, *log, later);
    ASSERT_TRUE(mending.begin());
    EXPECT_GE(later.size(), marks::mark_file_range(name)->to);
    ASSERT_TRUE(mending.tend(What::all_checked));
    note_until(later, plain.size());
    expect_same(later);
    ASSERT_TRUE(mending.tend(What::all));
    ASSERT_EQ(derived.files.at(name), whole) << at;
  }
}

TEST_F(IndexKeeperTest, ADamagedPageIsAnErrorUntilThen) {
  kept(plain.size());
  for (std::size_t at = 4'096; at < derived.files.at(first_file()).size(); at += 4'096)
    damage(first_file(), at);
  Index later(kSmallTable);
  IndexKeeper mending(derived, *log, later);
  ASSERT_TRUE(mending.begin());
  auto const runs = later.runs_of(domain::testing::kAcme, {}, 10'000);
  EXPECT_FALSE(runs);
  EXPECT_EQ(runs.error().code, "index_damaged");
  ASSERT_TRUE(mending.tend(What::full));
  note_until(later, plain.size());
  expect_same(later);
}

TEST_F(IndexKeeperTest, ADamagedPageThatAMergeFindsIsMended) {
  IndexKeeper keeper = kept(100);
  damage(first_file(), 5'000);
  note_until(index, 800);
  ASSERT_TRUE(keeper.tend(What::all));
  EXPECT_EQ(files(), 1u);
  note_until(index, plain.size());
  expect_same(index);
}

TEST_F(IndexKeeperTest, WhatAnInterruptedMergeLeavesIsOfNoHarm) {
  IndexKeeper keeper = kept(700);
  auto const old = derived.files;
  note_until(index, 800);
  ASSERT_TRUE(keeper.tend(What::all));
  ASSERT_EQ(files(), 1u);
  for (auto const& [name, content] : old) derived.files.emplace(name, content);
  Index later(kSmallTable);
  IndexKeeper again(derived, *log, later);
  ASSERT_TRUE(again.begin());
  EXPECT_EQ(later.size(), 800);
  EXPECT_EQ(files(), later.parts(Index::OpenTable::leave).size());
}

TEST_F(IndexKeeperTest, FilesBehindAGapOrTheEndAreRemoved) {
  IndexKeeper keeper = kept(400);
  note_until(index, 500);
  ASSERT_TRUE(keeper.tend(What::all));
  ASSERT_EQ(files(), 5u);
  derived.files.erase(first_file());
  derived.files[marks::mark_file_name({0, plain.size() + 1})] = Bytes(4'096);
  Index later(kSmallTable);
  ASSERT_TRUE(IndexKeeper(derived, *log, later).begin());
  EXPECT_EQ(later.size(), 0);
  EXPECT_EQ(files(), 0u);
}

TEST_F(IndexKeeperTest, FilesOfAnotherHistoryAreRemoved) {
  kept(300);
  domain::testing::Workload other(52);
  while (other.world.history.size() < 400) other.step();
  MemoryDisk other_disk;
  audit::testing::store(other_disk, audit::testing::frames_of(other.world.history));
  auto opened = segments::SegmentLog::open(other_disk, std::nullopt,
                                           {.segment_bytes = {256u << 10}}, [] { return 1u; });
  Index later(kSmallTable);
  ASSERT_TRUE(IndexKeeper(derived, *opened->log, later).begin());
  EXPECT_EQ(later.size(), 0);
  EXPECT_EQ(files(), 0u);
}

// Every file has a rotten first page as soon as it is there.
class RottingDisk final : public MemoryDisk {
 public:
  Result<void> put(std::string const& name, ports::Content const& content) override {
    TRY_VOID(MemoryDisk::put(name, content));
    files.at(name).at(5'000) ^= 1;
    return {};
  }
};

TEST_F(IndexKeeperTest, ADiskOnWhichEverythingRotsIsLeftAlone) {
  RottingDisk rotting;
  IndexKeeper keeper(rotting, *log, index);
  ASSERT_TRUE(keeper.begin());
  note_until(index, plain.size());
  auto const tended = keeper.tend(What::all);
  ASSERT_FALSE(tended);
  EXPECT_EQ(tended.error().code, "index_damaged");
}

TEST_F(IndexKeeperTest, LeavesRoomForTheLedger) {
  IndexKeeper keeper = kept(100);
  note_until(index, plain.size());
  derived.free = 100u << 20;
  auto const tended = keeper.tend(What::all);
  ASSERT_FALSE(tended);
  EXPECT_EQ(tended.error().code, "disk_full");
  EXPECT_EQ(files(), 1u);
  expect_same(index);  // from memory
  derived.free = std::uint64_t{1} << 40;
  ASSERT_TRUE(keeper.tend(What::all));
  expect_same(index);
}

TEST_F(IndexKeeperTest, IsGivenUpWhenAskedTo) {
  IndexKeeper keeper = kept(100);
  note_until(index, plain.size());
  int asked = 0;
  auto const tended = keeper.tend(What::all, [&] { return ++asked < 3; });
  ASSERT_FALSE(tended);
  EXPECT_EQ(tended.error().code, kGivenUp);
  expect_same(index);
  ASSERT_TRUE(keeper.tend(What::all));
  expect_same(index);
}

TEST_F(IndexKeeperTest, AHeadThatSaysMoreThanTheFileHoldsIsDamage) {
  kept(plain.size());
  auto const range = *marks::mark_file_range(first_file());
  for (std::uint64_t const marks :
       {~std::uint64_t{0}, ~std::uint64_t{0} - 169, std::uint64_t{1} << 59}) {
    Bytes& page = derived.files.at(first_file());
    put_u64(&page[40], marks);
    put_u32(&page[4'092], crc32c(ByteView(page).first(4'092)));
    auto const opened = marks::MarkFile::open(derived, range, log->ledger());
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, "index_damaged");
  }
}

TEST_F(IndexKeeperTest, AFileOfAnotherLedgerIsNotBelieved) {
  ASSERT_TRUE(marks::write_mark_file(
      derived,
      {.ledger = LedgerId(8), .last_leaf = {}, .range = {0, 50}, .checkpoint = {}, .marks = 0},
      marks::MemoryMarks().all()));
  IndexKeeper keeper(derived, *log, index);
  ASSERT_TRUE(keeper.begin());
  EXPECT_FALSE(index.runs_of(domain::testing::kAcme, {}, 1));
  ASSERT_TRUE(keeper.tend(What::full));
  note_until(index, plain.size());
  expect_same(index);
}

}  // namespace
}  // namespace tally::ledger
