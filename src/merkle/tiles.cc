#include "merkle/tiles.h"

#include <algorithm>

#include "base/check.h"
#include "merkle/lines.h"

namespace tally::merkle {

namespace {

constexpr std::string_view kEntries = "entries";
constexpr unsigned kSizeBits = 64;

// Groups of three digits; all but the last bear an x: 1234067 is x001/x234/067.
std::string index_path(std::uint64_t index) {
  std::string digits = std::to_string(index);
  digits.insert(0, (3 - digits.size() % 3) % 3, '0');
  std::string path;
  for (std::size_t at = 0; at < digits.size(); at += 3) {
    if (at + 3 < digits.size()) path += 'x';
    path += digits.substr(at, 3);
    if (at + 3 < digits.size()) path += '/';
  }
  return path;
}

std::optional<std::string_view> take_until(std::string_view& rest, std::string_view mark) {
  auto const at = rest.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view const part = rest.substr(0, at);
  rest.remove_prefix(at + mark.size());
  return part;
}

// Digits anywhere; the caller compares the result with the one way to write it.
std::optional<std::uint64_t> loose_index(std::string_view path) {
  std::string digits;
  for (char c : path)
    if (c >= '0' && c <= '9') digits += c;
  auto const start = std::min(digits.find_first_not_of('0'), digits.size());
  digits.erase(0, start);
  return digits.empty() ? 0 : parse_decimal(digits);
}

// How many hashes of a tile level, or entries, a tree has.
std::uint64_t hashes_at(std::optional<unsigned> level, std::uint64_t size) {
  unsigned const shift = kTileHeight * level.value_or(0);
  return shift < kSizeBits ? size >> shift : 0;
}

void add_tiles(std::vector<Tile>& tiles, std::optional<unsigned> level, std::uint64_t old_size,
               std::uint64_t new_size) {
  std::uint64_t const before = hashes_at(level, old_size);
  std::uint64_t const after = hashes_at(level, new_size);
  for (auto index = before / kTileWidth; index < after / kTileWidth; ++index)
    tiles.push_back({level, index, kTileWidth});
  auto const partial = static_cast<unsigned>(after % kTileWidth);
  if (after > before && partial != 0) tiles.push_back({level, after / kTileWidth, partial});
}

}  // namespace

std::string tile_path(Tile const& tile) {
  TALLY_CHECK(tile.width >= 1 && tile.width <= kTileWidth, "a tile has 1 to 256 hashes");
  std::string path = "tile/";
  path += tile.level ? std::to_string(*tile.level) : std::string(kEntries);
  path += "/" + index_path(tile.index);
  if (tile.width < kTileWidth) path += ".p/" + std::to_string(tile.width);
  return path;
}

std::optional<Tile> parse_tile_path(std::string_view path) {
  std::string_view rest = path;
  if (take_until(rest, "/") != "tile") return std::nullopt;
  auto const kind = take_until(rest, "/");
  if (!kind) return std::nullopt;
  Tile tile;
  if (*kind != kEntries) {
    auto const level = parse_decimal(*kind);
    if (!level || *level > kTileLevelMax) return std::nullopt;
    tile.level = static_cast<unsigned>(*level);
  }
  std::string_view index_part = rest;
  if (auto const before_width = take_until(rest, ".p/")) {
    index_part = *before_width;
    auto const width = parse_decimal(rest);
    if (!width || *width == 0 || *width >= kTileWidth) return std::nullopt;
    tile.width = static_cast<unsigned>(*width);
  }
  auto const index = loose_index(index_part);
  if (!index) return std::nullopt;
  tile.index = *index;
  if (tile_path(tile) != path) return std::nullopt;
  return tile;
}

unsigned tile_width(std::optional<unsigned> level, std::uint64_t index, std::uint64_t size) {
  std::uint64_t const hashes = hashes_at(level, size);
  if (index > hashes / kTileWidth) return 0;
  if (index < hashes / kTileWidth) return kTileWidth;
  return static_cast<unsigned>(hashes % kTileWidth);
}

bool is_tile_of(Tile const& tile, std::uint64_t size) {
  return tile.width >= 1 && tile.width <= tile_width(tile.level, tile.index, size);
}

std::vector<Tile> tiles_between(std::uint64_t old_size, std::uint64_t new_size) {
  std::vector<Tile> tiles;
  add_tiles(tiles, std::nullopt, old_size, new_size);
  for (unsigned level = 0; hashes_at(level, new_size) > 0; ++level)
    add_tiles(tiles, level, old_size, new_size);
  return tiles;
}

Bytes tile_bytes(unsigned level, std::uint64_t index, unsigned width, NodeSource const& nodes) {
  Bytes bytes;
  bytes.reserve(std::size_t{width} * sizeof(Digest));
  for (unsigned i = 0; i < width; ++i) {
    Digest const hash = nodes(kTileHeight * level, index * kTileWidth + i);
    bytes.insert(bytes.end(), hash.bytes.begin(), hash.bytes.end());
  }
  return bytes;
}

Result<Bytes> entry_bundle(std::span<Bytes const> entries) {
  Bytes bundle;
  for (Bytes const& entry : entries) {
    if (entry.size() > kEntryBytesMax)
      return fail("entry_too_large", "an entry of a bundle has at most 65535 bytes");
    bundle.push_back(static_cast<std::uint8_t>(entry.size() >> 8));
    bundle.push_back(static_cast<std::uint8_t>(entry.size()));
    bundle.insert(bundle.end(), entry.begin(), entry.end());
  }
  return bundle;
}

Result<std::vector<Bytes>> parse_entry_bundle(ByteView bundle) {
  std::vector<Bytes> entries;
  while (!bundle.empty()) {
    if (entries.size() == kTileWidth)
      return fail("malformed_bundle", "the bundle has more than 256 entries");
    std::size_t const size =
        bundle.size() < 2 ? bundle.size() : std::size_t{bundle[0]} << 8 | bundle[1];
    if (bundle.size() < 2 + size)
      return fail("malformed_bundle",
                  "the bundle ends inside entry " + std::to_string(entries.size()));
    ByteView const entry = bundle.subspan(2, size);
    entries.emplace_back(entry.begin(), entry.end());
    bundle = bundle.subspan(2 + size);
  }
  return entries;
}

}  // namespace tally::merkle
