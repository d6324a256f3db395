#include "ledger/group_roots.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/check.h"
#include "marks/room.h"

namespace tally::ledger {

namespace {

// Whoever changes the format raises the number: files of another one are made anew.
constexpr std::string_view kMagic = "tallytr1";
constexpr std::size_t kHeadBytes = 64;
constexpr std::size_t kCrcAt = 32;

std::string file_name(std::uint64_t first_event) { return fmt::format("tree-{:020}", first_event); }

// Over all bytes, its own as zeros.
std::uint32_t crc_of(Bytes file) {
  put_u32(&file[kCrcAt], 0);
  return crc32c(file);
}

Digest root_of(std::span<Digest const> leaves) {
  merkle::Tree group;
  for (Digest const& leaf : leaves) group.append(leaf);
  return group.root();
}

// Groups under a tile above the leaves.
std::uint64_t groups_under(merkle::Tile const& tile) {
  unsigned const above = (*tile.level - 1) * merkle::kTileHeight;
  return ((tile.index << merkle::kTileHeight) + tile.width) << above;
}

}  // namespace

GroupRoots::GroupRoots(ports::Disk& disk, Reader const& reader, Start start)
    : disk_(disk),
      reader_(reader),
      ledger_(start.ledger),
      groups_of_a_file_(start.groups_of_a_file),
      tree_(std::move(start.tree)),
      at_start_(tree_.size() / merkle::kGroupLeaves),
      older_(at_start_ - start.completed.size()) {
  TALLY_CHECK(start.completed.size() <= at_start_, "a tree has fewer groups than it completed");
  kept_.with([&](Kept& kept) { kept.completed = std::move(start.completed); });
}

void GroupRoots::add(std::vector<Digest> const& completed) {
  fresh_.with([&](std::vector<Digest>& fresh) {
    fresh.insert(fresh.end(), completed.begin(), completed.end());
  });
}

Result<bool> GroupRoots::step() {
  return kept_.with([&](Kept& kept) -> Result<bool> {
    if (kept.nodes.size() < older_) TRY_VOID(take_older(kept));
    if (kept.nodes.size() >= older_ && !kept.checked) {
      take_completed(kept);
      if (kept.nodes.size() == at_start_) TRY_VOID(check(kept));
    }
    if (!kept.checked) return true;
    take_fresh(kept);
    return fresh_.with([](std::vector<Digest> const& fresh) { return !fresh.empty(); });
  });
}

// From the next file, or, where it does not have them, from the log.
Result<void> GroupRoots::take_older(Kept& kept) const {
  std::uint64_t const next = kept.nodes.size();
  std::uint64_t const file = next / groups_of_a_file_;
  if (!kept.files_are_wrong && kept.opened != file && take_file(kept, file)) return {};
  std::uint64_t const end = std::min(next + kGroupsReadInAStep, older_);
  TRY(leaves, reader_.leaf_hashes(static_cast<std::int64_t>(next * merkle::kGroupLeaves),
                                  static_cast<std::int64_t>(end * merkle::kGroupLeaves)));
  for (std::uint64_t i = 0; i < end - next; ++i)
    kept.nodes.append(
        root_of(std::span(leaves).subspan(i * merkle::kGroupLeaves, merkle::kGroupLeaves)));
  return {};
}

// Says whether it had the next one.
bool GroupRoots::take_file(Kept& kept, std::uint64_t file) const {
  kept.opened = file;
  auto const roots = read(file);
  if (!roots) return false;
  std::uint64_t const next = kept.nodes.size();
  std::uint64_t const begin = file * groups_of_a_file_;
  std::uint64_t const end = std::min(begin + roots->size(), older_);
  kept.saved.resize(std::max<std::size_t>(kept.saved.size(), file + 1));
  kept.saved[file] = end > begin ? end - begin : 0;
  for (std::uint64_t at = next; at < end; ++at) kept.nodes.append((*roots)[at - begin]);
  return end > next;
}

void GroupRoots::take_completed(Kept& kept) const {
  std::uint64_t const end = std::min(kept.nodes.size() + kGroupsOfAStep, at_start_);
  while (kept.nodes.size() < end) kept.nodes.append(kept.completed[kept.nodes.size() - older_]);
}

// The loop may wait for the lock of those that are fresh, so nothing is hashed under it.
void GroupRoots::take_fresh(Kept& kept) {
  auto const some = fresh_.with([](std::vector<Digest>& fresh) {
    auto const count =
        static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(fresh.size(), kGroupsOfAStep));
    std::vector<Digest> first(fresh.begin(), fresh.begin() + count);
    fresh.erase(fresh.begin(), fresh.begin() + count);
    return first;
  });
  for (Digest const& root : some) kept.nodes.append(root);
}

// The tree's peaks are of perfect subtrees, largest first, one for each bit of its size.
bool GroupRoots::comes_to_the_tree(merkle::NodeStore const& nodes) const {
  auto const source = nodes.source();
  std::uint64_t leaves = 0;
  for (Digest const& peak : tree_.peaks()) {
    auto const level = static_cast<unsigned>(std::bit_width(tree_.size() - leaves) - 1);
    if (level < merkle::kGroupLevel) return true;
    if (source(level - merkle::kGroupLevel, leaves >> level) != peak) return false;
    leaves += std::uint64_t{1} << level;
  }
  return true;
}

// Where the files are wrong nobody can say which: none of them is used.
Result<void> GroupRoots::check(Kept& kept) const {
  if (comes_to_the_tree(kept.nodes)) {
    kept.checked = true;
    kept.completed = {};
    return {};
  }
  if (kept.files_are_wrong)
    return fail("damaged", "the leaves in the log are not those of the ledger's tree");
  kept.files_are_wrong = true;
  kept.nodes = {};
  kept.saved = {};
  return {};
}

Result<Bytes> GroupRoots::tile(merkle::Tile const& tile) {
  auto const is_known = [&] {
    return kept_.with(
        [&](Kept const& kept) { return kept.checked && kept.nodes.size() >= groups_under(tile); });
  };
  if (!is_known()) TRY_VOID(step());
  if (!is_known())
    return fail("not_ready", "the tree's upper levels are being read after the start");
  return kept_.with([&](Kept const& kept) {
    // A level of ours is the level below of the groups' tree.
    return merkle::tile_bytes(*tile.level - 1, tile.index, tile.width, kept.nodes.source());
  });
}

Result<void> GroupRoots::tend(Save what, GoOn const& go_on) {
  auto const ask = [&]() -> Result<void> {
    if (!go_on || go_on()) return {};
    return fail(kGivenUp, "keeping the tree's files was given up");
  };
  for (bool more = true; more;) {
    TRY_VOID(ask());
    TRY(is_more, step());
    more = is_more;
  }
  while (auto const next = unsaved(what)) {
    TRY_VOID(ask());
    TRY_VOID(write(*next));
  }
  return {};
}

// The first file that is to be written.
std::optional<GroupRoots::Unsaved> GroupRoots::unsaved(Save what) const {
  return kept_.with([&](Kept const& kept) -> std::optional<Unsaved> {
    auto const source = kept.nodes.source();
    for (std::uint64_t file = 0; file * groups_of_a_file_ < kept.nodes.size(); ++file) {
      std::uint64_t const begin = file * groups_of_a_file_;
      std::uint64_t const count = std::min(kept.nodes.size() - begin, groups_of_a_file_);
      std::uint64_t const saved = file < kept.saved.size() ? kept.saved[file] : 0;
      if (saved == count || (what == Save::full && count < groups_of_a_file_)) continue;
      Unsaved next{.file = file, .roots = {}};
      for (std::uint64_t i = 0; i < count; ++i) next.roots.push_back(source(0, begin + i));
      return next;
    }
    return std::nullopt;
  });
}

Result<void> GroupRoots::write(Unsaved const& what) {
  Bytes file(kHeadBytes + what.roots.size() * sizeof(Digest));
  std::uint64_t const first = what.file * groups_of_a_file_;
  std::ranges::copy(as_bytes(kMagic), file.begin());
  put_u64(&file[8], ledger_.value());
  put_u64(&file[16], first);
  put_u64(&file[24], what.roots.size());
  for (std::size_t i = 0; i < what.roots.size(); ++i)
    std::ranges::copy(what.roots[i].bytes, &file[kHeadBytes + i * sizeof(Digest)]);
  put_u32(&file[kCrcAt], crc_of(file));
  TRY_VOID(marks::leave_room(disk_, file.size()));
  TRY_VOID(disk_.replace(file_name(first * merkle::kGroupLeaves), file));
  kept_.with([&](Kept& kept) {
    kept.saved.resize(std::max<std::size_t>(kept.saved.size(), what.file + 1));
    kept.saved[what.file] = what.roots.size();
  });
  return {};
}

// Errors: the disk's, and "damaged": it is not what was written, or of another ledger.
Result<std::vector<Digest>> GroupRoots::read(std::uint64_t file) const {
  std::uint64_t const first = file * groups_of_a_file_;
  TRY(opened, disk_.open(file_name(first * merkle::kGroupLeaves)));
  std::uint64_t const most = kHeadBytes + groups_of_a_file_ * sizeof(Digest);
  if (opened->size() < kHeadBytes || opened->size() > most)
    return fail("damaged", "a file of the tree has another length");
  Bytes bytes(opened->size());
  TRY_VOID(opened->read(0, bytes));
  std::uint64_t const count = (bytes.size() - kHeadBytes) / sizeof(Digest);
  bool const good = as_text(ByteView(bytes).first(kMagic.size())) == kMagic &&
                    get_u64(&bytes[8]) == ledger_.value() && get_u64(&bytes[16]) == first &&
                    get_u64(&bytes[24]) == count && get_u32(&bytes[kCrcAt]) == crc_of(bytes);
  if (!good) return fail("damaged", "a file of the tree is not what its name says");
  std::vector<Digest> roots(count);
  for (std::size_t i = 0; i < count; ++i)
    std::memcpy(roots[i].bytes.data(), &bytes[kHeadBytes + i * sizeof(Digest)], sizeof(Digest));
  return roots;
}

}  // namespace tally::ledger
