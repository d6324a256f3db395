#pragma once

// Tiles of C2SP tlog-tiles v0.1.0: the tree and its entries as static files that never change.
//
//   tile/<level>/<index>[.p/<width>]     up to 256 hashes of level 8 * level
//   tile/entries/<index>[.p/<width>]     up to 256 entries, each after its length in two bytes
//
// Tile `index` of a level starts at its hash 256 * index. A tile of fewer than 256 hashes is
// partial and bears its width in its name; an empty one does not exist.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "merkle/node_store.h"

namespace tally::merkle {

inline constexpr unsigned kTileHeight = 8;
inline constexpr unsigned kTileWidth = 1u << kTileHeight;
inline constexpr unsigned kTileLevelMax = 63;
inline constexpr std::size_t kEntryBytesMax = 65'535;  // the length has two bytes

struct Tile {
  std::optional<unsigned> level;  // none: a bundle of entries
  std::uint64_t index = 0;
  unsigned width = kTileWidth;  // 1 to 256
  friend bool operator==(Tile const&, Tile const&) = default;
};

// "tile/0/x001/x234/067", "tile/entries/005.p/7".
std::string tile_path(Tile const& tile);
// Only what tile_path writes.
std::optional<Tile> parse_tile_path(std::string_view path);

// How many hashes (or entries) the tile has in a tree of `size` leaves; 0: there is no such tile.
unsigned tile_width(std::optional<unsigned> level, std::uint64_t index, std::uint64_t size);

// Whether a tree of `size` leaves can serve exactly these bytes: full, or partial up to the width
// that the tree has reached.
bool is_tile_of(Tile const& tile, std::uint64_t size);

// The tiles and bundles that a tree of `new_size` has and one of `old_size` < `new_size` had not,
// the partial ones of `new_size` included. From 0: all of them.
std::vector<Tile> tiles_between(std::uint64_t old_size, std::uint64_t new_size);

// The bytes of a tile of hashes; `nodes` must have all of them.
Bytes tile_bytes(unsigned level, std::uint64_t index, unsigned width, NodeSource const& nodes);

// The bytes of a bundle: each entry after its length, big-endian. Error "entry_too_large".
Result<Bytes> entry_bundle(std::span<Bytes const> entries);
// Error "malformed_bundle".
Result<std::vector<Bytes>> parse_entry_bundle(ByteView bundle);

}  // namespace tally::merkle
