#include "base/check.h"
#include "fuzz/doors.h"
#include "ledger/group_roots.h"
#include "ports/memory_disk_fixture.h"

namespace tally::fuzz {

namespace {

constexpr char const* kFirstFile = "tree-00000000000000000000";
constexpr std::size_t kHeadBytes = 64;
constexpr std::size_t kCrcAt = 32;
constexpr unsigned kGroups = 6;
constexpr unsigned kGroupsOfAFile = 4;
constexpr unsigned kFolded = 3;  // the last ones, which no file has to say
constexpr int kStepsMax = 8;

// Only files say what the groups are: what they do not say stays unknown, and costs no hashes.
class NoLog final : public ports::LogStore {
 public:
  LedgerId ledger() const override { return LedgerId(1); }
  std::uint64_t next_seq() const override { return kGroups * merkle::kGroupLeaves; }
  Result<std::vector<ports::LogRecord>> read(std::uint64_t, std::size_t) const override {
    return fail("io_error", "there is no log");
  }
  Result<void> scan(std::uint64_t, ports::FrameVisitor const&) const override { return {}; }
  void append(ports::LogFrame const&, std::function<void(ports::AppendOutcome)>) override {}
  Result<void> note_head(std::uint64_t, Digest const&) override { return {}; }
};

// Made up; the files in the corpus have the same.
std::vector<Digest> const& roots_of_groups() {
  static std::vector<Digest> const all = [] {
    std::vector<Digest> roots;
    for (unsigned group = 0; group < kGroups; ++group) {
      Bytes number(8);
      put_u64(number.data(), group);
      roots.push_back(sha256(number));
    }
    return roots;
  }();
  return all;
}

Bytes right_tile() {
  Bytes bytes;
  for (Digest const& root : roots_of_groups())
    bytes.insert(bytes.end(), root.bytes.begin(), root.bytes.end());
  return bytes;
}

// Of a process whose fold completed the last `folded` groups.
ledger::GroupRoots::Start start_of(LedgerId id, unsigned folded) {
  merkle::Tree groups;
  for (Digest const& root : roots_of_groups()) groups.append(root);
  auto tree = merkle::Tree::restore(kGroups * merkle::kGroupLeaves,
                                    {groups.peaks().begin(), groups.peaks().end()});
  TALLY_CHECK(tree.has_value(), "the door's own tree is none");
  return {
      .ledger = id,
      .tree = std::move(*tree),
      .completed = std::vector<Digest>(roots_of_groups().end() - folded, roots_of_groups().end()),
      .groups_of_a_file = kGroupsOfAFile};
}

struct Process {
  Process(ports::Disk& disk, LedgerId id, unsigned folded)
      : roots(disk, reader, start_of(id, folded)) {}

  // Whether it comes to know all groups.
  bool settles() {
    for (int step = 0; step < kStepsMax; ++step) {
      auto const more = roots.step();
      if (!more) return false;
      if (!*more) return true;
    }
    return false;
  }
  Result<Bytes> shown() { return roots.tile({.level = 1u, .index = 0, .width = kGroups}); }

  NoLog log;
  ledger::Index index;
  ledger::Reader reader{log, index};
  ledger::GroupRoots roots;
};

bool shows_the_tree(Process& process) {
  auto const tile = process.shown();
  return tile && *tile == right_tile();
}

LedgerId put_checksum_right(Bytes& file) {
  if (file.size() < kHeadBytes) return LedgerId();
  put_u32(&file[kCrcAt], 0);
  put_u32(&file[kCrcAt], crc32c(file));
  return LedgerId(get_u64(&file[8]));
}

}  // namespace

void tree_file(ByteView bytes) {
  Bytes file(bytes.begin(), bytes.end());
  LedgerId const id = put_checksum_right(file);
  ports::testing::MemoryDisk disk;
  disk.files[kFirstFile] = std::move(file);
  Process process(disk, id, kFolded);
  if (!process.settles()) {
    TALLY_CHECK(!process.shown().has_value(), "a hash is shown that the tree does not vouch for");
    return;
  }
  TALLY_CHECK(shows_the_tree(process), "another hash is shown than the tree's");
  TALLY_CHECK(process.roots.tend(ledger::GroupRoots::Save::all).has_value(),
              "groups that are known cannot be kept");
  Process later(disk, id, 0);
  TALLY_CHECK(later.settles() && shows_the_tree(later), "files that were written are not read");
}

}  // namespace tally::fuzz
