#include "server/wiring/hash_tiles.h"

#include "merkle/tree.h"

namespace tally::wiring {

namespace {

constexpr std::int64_t kGroup = merkle::kTileWidth;

}  // namespace

Result<Bytes> HashTiles::tile(std::string_view path) const {
  auto const tile = merkle::parse_tile_path("tile/" + std::string(path));
  auto const size = static_cast<std::uint64_t>(reader_.index().size());
  if (!tile || !tile->level || !merkle::is_tile_of(*tile, size))
    return fail("not_found", "the tree has no such tile");
  return *tile->level == 0 ? leaves(*tile) : nodes(*tile);
}

Result<Bytes> HashTiles::leaves(merkle::Tile const& tile) const {
  auto const from = static_cast<std::int64_t>(tile.index) * kGroup;
  TRY(hashes, reader_.leaf_hashes(from, from + tile.width));
  Bytes bytes;
  bytes.reserve(hashes.size() * sizeof(Digest));
  for (Digest const& hash : hashes) bytes.insert(bytes.end(), hash.bytes.begin(), hash.bytes.end());
  return bytes;
}

Result<void> HashTiles::catch_up(merkle::NodeStore& groups) const {
  std::int64_t const size = reader_.index().size();
  for (auto at = static_cast<std::int64_t>(groups.size()) * kGroup; at + kGroup <= size;
       at += kGroup) {
    TRY(hashes, reader_.leaf_hashes(at, at + kGroup));
    merkle::Tree group;
    for (Digest const& hash : hashes) group.append(hash);
    groups.append(group.root());
  }
  return {};
}

Result<Bytes> HashTiles::nodes(merkle::Tile const& tile) const {
  return groups_.with([&](merkle::NodeStore& groups) -> Result<Bytes> {
    TRY_VOID(catch_up(groups));
    // A level of ours is the level below of the groups' tree.
    return merkle::tile_bytes(*tile.level - 1, tile.index, tile.width, groups.source());
  });
}

}  // namespace tally::wiring
