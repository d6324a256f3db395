#include "server/wiring/hash_tiles.h"

#include <algorithm>

#include "merkle/tree.h"

namespace tally::wiring {

namespace {

constexpr std::int64_t kGroup = merkle::kTileWidth;

// Groups of 256 leaves under a tile of a level above the leaves.
std::uint64_t groups_under(merkle::Tile const& tile) {
  unsigned const above = (*tile.level - 1) * merkle::kTileHeight;
  return ((tile.index << merkle::kTileHeight) + tile.width) << above;
}

}  // namespace

Result<Bytes> HashTiles::tile(std::string_view path) const {
  auto const tile = merkle::parse_tile_path("tile/" + std::string(path));
  auto const size = static_cast<std::uint64_t>(reader_.index().size());
  if (!tile || !tile->level || !merkle::is_tile_of(*tile, size))
    return fail("not_found", "the tree has no such tile");
  return *tile->level == 0 ? leaves(path, *tile) : nodes(*tile);
}

// A tile never changes: its path names its width too.
Result<Bytes> HashTiles::leaves(std::string_view path, merkle::Tile const& tile) const {
  auto kept = kept_.with([&](Kept const& all) -> std::optional<Bytes> {
    auto const at = all.tiles.find(path);
    return at == all.tiles.end() ? std::nullopt : std::optional(at->second);
  });
  if (kept) return std::move(*kept);
  auto const from = static_cast<std::int64_t>(tile.index) * kGroup;
  TRY(hashes, reader_.leaf_hashes(from, from + tile.width));
  Bytes bytes;
  bytes.reserve(hashes.size() * sizeof(Digest));
  for (Digest const& hash : hashes) bytes.insert(bytes.end(), hash.bytes.begin(), hash.bytes.end());
  kept_.with([&](Kept& all) {
    if (!all.tiles.emplace(path, bytes).second) return;
    all.oldest.emplace_back(path);
    if (all.oldest.size() <= kTilesKept) return;
    all.tiles.erase(all.oldest.front());
    all.oldest.pop_front();
  });
  return bytes;
}

Result<void> HashTiles::catch_up(merkle::NodeStore& groups) const {
  auto const first = static_cast<std::int64_t>(groups.size());
  std::int64_t const whole = reader_.index().size() / kGroup;
  for (auto at = first; at < std::min(whole, first + kGroupsOfASlice); ++at) {
    TRY(hashes, reader_.leaf_hashes(at * kGroup, (at + 1) * kGroup));
    merkle::Tree group;
    for (Digest const& hash : hashes) group.append(hash);
    groups.append(group.root());
  }
  return {};
}

bool HashTiles::read_on() const {
  return groups_.with([&](merkle::NodeStore& groups) {
    bool const read = catch_up(groups).has_value();
    return read && static_cast<std::int64_t>(groups.size()) < reader_.index().size() / kGroup;
  });
}

Result<Bytes> HashTiles::nodes(merkle::Tile const& tile) const {
  return groups_.with([&](merkle::NodeStore& groups) -> Result<Bytes> {
    if (groups.size() < groups_under(tile)) TRY_VOID(catch_up(groups));
    if (groups.size() < groups_under(tile))
      return fail("not_ready", "the tree's upper levels are being read after the start");
    // A level of ours is the level below of the groups' tree.
    return merkle::tile_bytes(*tile.level - 1, tile.index, tile.width, groups.source());
  });
}

}  // namespace tally::wiring
