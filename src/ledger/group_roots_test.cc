#include "ledger/group_roots.h"

#include <gtest/gtest.h>

#include <bit>
#include <map>

#include "ports/memory_disk_fixture.h"

namespace tally::ledger {
namespace {

using merkle::kGroupLeaves;
using ports::testing::MemoryDisk;

constexpr std::uint64_t kSmallFile = 4;  // groups

Bytes leaf(std::uint64_t seq) {
  Bytes bytes(8);
  put_u64(bytes.data(), seq);
  return bytes;
}

// A log of so many events that counts what is read of it.
class CountingLog final : public ports::LogStore {
 public:
  LedgerId ledger() const override { return LedgerId(1); }
  std::uint64_t next_seq() const override { return ~std::uint64_t{0}; }
  Result<std::vector<ports::LogRecord>> read(std::uint64_t from, std::size_t count) const override {
    leaves_read += count;
    std::vector<ports::LogRecord> records;
    for (std::size_t i = 0; i < count; ++i)
      records.push_back({.leaf = leaf(from + i + (foreign ? 1 : 0)), .enclosure = {}});
    return records;
  }
  Result<void> scan(std::uint64_t, ports::FrameVisitor const&) const override { return {}; }
  void append(ports::LogFrame const&, std::function<void(ports::AppendOutcome)>) override {}
  Result<void> note_head(std::uint64_t, Digest const&) override { return {}; }

  mutable std::uint64_t leaves_read = 0;
  bool foreign = false;  // its leaves are not those of the tree
};

// A tree that grows, as a start folds it and the loop goes on with it.
struct Grown {
  Grown() { tree.keep_groups(); }
  void grow(std::uint64_t to) {
    while (tree.size() < to) tree.append(merkle::leaf_hash(leaf(tree.size())));
  }
  merkle::Tree tree;
};

// One process: it went on from a snapshot of `snapshot` events and folded up to `events`.
struct Process {
  Process(MemoryDisk& disk, GroupRoots::Start start) {
    roots.emplace(disk, reader, std::move(start));
  }
  Process(MemoryDisk& disk, std::uint64_t snapshot, std::uint64_t events) {
    grown.grow(snapshot);
    (void)grown.tree.take_groups();
    grown.grow(events);
    GroupRoots::Start start{.ledger = LedgerId(1),
                            .tree = grown.tree,
                            .completed = grown.tree.take_groups(),
                            .groups_of_a_file = kSmallFile};
    roots.emplace(disk, reader, std::move(start));
  }
  // The hash that a tile of level 1 shows at this place.
  Result<Digest> shown(std::uint64_t group) {
    merkle::Tile const tile{.level = 1u,
                            .index = group / merkle::kTileWidth,
                            .width = static_cast<unsigned>(group % merkle::kTileWidth + 1)};
    TRY(bytes, roots->tile(tile));
    Digest last;
    std::copy_n(bytes.end() - 32, 32, last.bytes.begin());
    return last;
  }
  // Steps until it has an answer that is not "not_ready"; counts the steps.
  Result<Digest> shown_in_the_end(std::uint64_t group) {
    for (;; ++steps) {
      auto const found = shown(group);
      if (found || found.error().code != "not_ready") return found;
    }
  }

  Grown grown;
  Index index;
  CountingLog log;
  Reader reader{log, index};
  std::optional<GroupRoots> roots;
  int steps = 0;
};

Digest group_root(std::uint64_t group) {
  merkle::Tree tree;
  for (std::uint64_t i = 0; i < kGroupLeaves; ++i)
    tree.append(merkle::leaf_hash(leaf(group * kGroupLeaves + i)));
  return tree.root();
}

std::string file_of(std::uint64_t first_event) {
  std::string digits = std::to_string(first_event);
  return "tree-" + std::string(20 - digits.size(), '0') + digits;
}

constexpr std::uint64_t kSnapshot = 10 * kGroupLeaves + 99;
constexpr std::uint64_t kEvents = 13 * kGroupLeaves + 7;

// What an earlier process left, which folded everything.
MemoryDisk kept() {
  MemoryDisk disk;
  Process earlier(disk, 0, kSnapshot);
  EXPECT_TRUE(earlier.roots->tend(GroupRoots::Save::all));
  EXPECT_EQ(earlier.log.leaves_read, 0u) << "the fold completed them";
  EXPECT_EQ(disk.files.size(), 3u);
  return disk;
}

// Where a process wrote what is full of kEvents.
std::map<std::string, Bytes> full_files() {
  MemoryDisk disk;
  Process process(disk, 0, kEvents);
  EXPECT_TRUE(process.roots->tend(GroupRoots::Save::full));
  EXPECT_EQ(disk.files.size(), 3u);
  return disk.files;
}

Digest made_up(std::uint64_t number) { return sha256(leaf(number)); }

// Of a process with so many events whose groups have made-up roots: what is under them is not
// asked for. The fold completed the groups behind the snapshot.
GroupRoots::Start start_of(std::uint64_t snapshot, std::uint64_t events) {
  GroupRoots::Start start{.ledger = LedgerId(1), .tree = {}, .completed = {}};
  merkle::Tree groups;
  for (std::uint64_t group = 0; group < events / kGroupLeaves; ++group) {
    groups.append(made_up(group));
    if (group >= snapshot / kGroupLeaves) start.completed.push_back(made_up(group));
  }
  std::vector<Digest> peaks(groups.peaks().begin(), groups.peaks().end());
  peaks.resize(static_cast<std::size_t>(std::popcount(events)));  // those of the open group
  start.tree = *merkle::Tree::restore(events, std::move(peaks));
  return start;
}

TEST(GroupRoots, OfAMillionEventsCostNoLeafAfterARestart) {
  constexpr std::uint64_t kMillion = 1'000'000;
  constexpr std::uint64_t kSnapshotAt = 950'000;
  MemoryDisk disk;
  Process earlier(disk, start_of(0, kSnapshotAt));
  ASSERT_TRUE(earlier.roots->tend(GroupRoots::Save::all));
  Process later(disk, start_of(kSnapshotAt, kMillion));
  std::uint64_t const last = kMillion / kGroupLeaves - 1;
  auto const shown = later.shown(last);
  ASSERT_TRUE(shown) << "the first request is answered: " << shown.error().detail;
  EXPECT_EQ(*shown, made_up(last));
  EXPECT_EQ(*later.shown(0), made_up(0));
  EXPECT_EQ(later.log.leaves_read, 0u);
}

TEST(GroupRoots, GoOnWithWhatTheLoopCompletes) {
  MemoryDisk disk = kept();
  Process process(disk, kSnapshot, kEvents);
  for (std::uint64_t events = kEvents; events < 20 * kGroupLeaves; events += 100) {
    process.grown.grow(events);
    process.roots->add(process.grown.tree.take_groups());
  }
  EXPECT_EQ(*process.shown_in_the_end(18), group_root(18));
  EXPECT_EQ(process.shown(19).error().code, "not_ready") << "it is not whole yet";
  EXPECT_EQ(process.log.leaves_read, 0u);
}

TEST(GroupRoots, AreMadeAnewStepByStepWhereThereIsNoFile) {
  MemoryDisk disk;
  Process process(disk, kSnapshot, kEvents);
  EXPECT_EQ(process.shown(0).error().code, "not_ready");
  EXPECT_LE(process.log.leaves_read, GroupRoots::kGroupsReadInAStep * kGroupLeaves);
  EXPECT_EQ(*process.shown_in_the_end(3), group_root(3));
  EXPECT_EQ(process.log.leaves_read, 10 * kGroupLeaves);
  ASSERT_TRUE(process.roots->tend(GroupRoots::Save::all));
  Process next(disk, kSnapshot, kEvents);
  EXPECT_EQ(*next.shown_in_the_end(3), group_root(3));
  EXPECT_EQ(next.log.leaves_read, 0u);
}

TEST(GroupRoots, OfAFileThatRottedAreReadFromTheLogAndOthersAreNot) {
  for (std::size_t const at : {0u, 9u, 20u, 25u, 33u, 64u, 100u}) {
    MemoryDisk disk = kept();
    disk.files[file_of(kSmallFile * kGroupLeaves)][at] ^= 4;
    Process process(disk, kSnapshot, kEvents);
    EXPECT_EQ(*process.shown_in_the_end(5), group_root(5));
    EXPECT_EQ(process.log.leaves_read, kSmallFile * kGroupLeaves) << "byte " << at;
    ASSERT_TRUE(process.roots->tend(GroupRoots::Save::full));
    EXPECT_EQ(disk.files, full_files()) << "and the file is written again";
  }
}

TEST(GroupRoots, OfAFileThatIsCutShortAreReadFromTheLog) {
  for (std::size_t const bytes : {0u, 63u, 64u, 97u, 128u}) {
    MemoryDisk disk = kept();
    disk.files[file_of(0)].resize(bytes);
    Process process(disk, kSnapshot, kEvents);
    EXPECT_EQ(*process.shown_in_the_end(0), group_root(0)) << bytes;
  }
}

// A file that is what somebody wrote, and of another history of the same ledger.
TEST(GroupRoots, ShowNothingOfFilesThatDoNotComeToTheTree) {
  MemoryDisk disk;
  Process other(disk, kSnapshot, kSnapshot);
  other.log.foreign = true;
  EXPECT_EQ(other.roots->tend(GroupRoots::Save::all).error().code, "damaged");
  EXPECT_TRUE(disk.files.empty()) << "the log itself is not that of the tree";

  disk = kept();
  std::swap(disk.files[file_of(0)], disk.files[file_of(kSmallFile * kGroupLeaves)]);
  for (auto const& [name, first] :
       {std::pair(file_of(0), 0u), std::pair(file_of(kSmallFile * kGroupLeaves), 4u)}) {
    Bytes& file = disk.files[name];
    put_u64(&file[16], first);
    put_u32(&file[32], 0);
    put_u32(&file[32], crc32c(file));
  }
  Process process(disk, kSnapshot, kEvents);
  EXPECT_EQ(*process.shown_in_the_end(0), group_root(0));
  EXPECT_EQ(*process.shown_in_the_end(5), group_root(5));
  EXPECT_EQ(process.log.leaves_read, 10 * kGroupLeaves) << "all are made anew";
}

TEST(GroupRoots, StayInMemoryWhereTheDiskIsAlmostFull) {
  MemoryDisk disk;
  Process process(disk, 0, kEvents);
  disk.free = 1;
  EXPECT_EQ(process.roots->tend(GroupRoots::Save::all).error().code, "disk_full");
  EXPECT_EQ(*process.shown(4), group_root(4));
}

TEST(GroupRoots, AreGivenUpWhenSomebodySaysSo) {
  MemoryDisk disk;
  Process process(disk, kSnapshot, kEvents);
  int asked = 0;
  auto const tended = process.roots->tend(GroupRoots::Save::all, [&] { return ++asked < 3; });
  EXPECT_EQ(tended.error().code, kGivenUp);
  EXPECT_LE(process.log.leaves_read, 2 * GroupRoots::kGroupsReadInAStep * kGroupLeaves);
}

}  // namespace
}  // namespace tally::ledger
