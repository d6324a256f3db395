#include "server/wiring/hash_tiles.h"

#include <string>

namespace tally::wiring {

Result<Bytes> HashTiles::tile(std::string_view path) const {
  auto const tile = merkle::parse_tile_path("tile/" + std::string(path));
  auto const size = static_cast<std::uint64_t>(reader_.index().size());
  if (!tile || !tile->level || !merkle::is_tile_of(*tile, size))
    return fail("not_found", "the tree has no such tile");
  return *tile->level == 0 ? leaves(path, *tile) : groups_.tile(*tile);
}

// A tile never changes: its path names its width too.
Result<Bytes> HashTiles::leaves(std::string_view path, merkle::Tile const& tile) const {
  auto kept = kept_.with([&](Kept const& all) -> std::optional<Bytes> {
    auto const at = all.tiles.find(path);
    return at == all.tiles.end() ? std::nullopt : std::optional(at->second);
  });
  if (kept) return std::move(*kept);
  auto const from = static_cast<std::int64_t>(tile.index) * merkle::kTileWidth;
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

}  // namespace tally::wiring
