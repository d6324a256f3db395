#include "merkle/tiles.h"

#include <gtest/gtest.h>

#include <set>

#include "merkle/proof.h"
#include "merkle/test_data.h"

namespace tally::merkle {
namespace {

using testing::event_leaves;
using testing::outcome;

TEST(TilePath, WritesTheIndexInGroupsOfThree) {
  EXPECT_EQ(tile_path({0u, 5}), "tile/0/005");
  EXPECT_EQ(tile_path({0u, 1234067}), "tile/0/x001/x234/067");
  EXPECT_EQ(tile_path({1u, 0, 17}), "tile/1/000.p/17");
  EXPECT_EQ(tile_path({std::nullopt, 999, 255}), "tile/entries/999.p/255");
  EXPECT_EQ(tile_path({63u, 1000}), "tile/63/x001/000");
}

TEST(TilePath, IsReadAsWritten) {
  for (std::uint64_t index : {0u, 1u, 999u, 1000u, 999999u, 1000000u, 1234067u})
    for (unsigned width : {1u, 99u, 255u, 256u})
      for (std::optional<unsigned> level :
           {std::optional<unsigned>(), std::optional<unsigned>(0), std::optional<unsigned>(63)}) {
        Tile const tile{level, index, width};
        EXPECT_EQ(parse_tile_path(tile_path(tile)), tile);
      }
}

TEST(TilePath, RefusesEveryOtherSpelling) {
  for (std::string_view bad : {"",
                               "tile",
                               "tile/0",
                               "tile/0/",
                               "tile/0/5",
                               "tile/0/0005",
                               "tile/00/005",
                               "tile/64/005",
                               "tile/-1/005",
                               "tile/x/005",
                               "tile/0/x000/005",
                               "tile/0/001/005",
                               "tile/0/x1/005",
                               "tile/0/x0010/05",
                               "tile/0/005.p/0",
                               "tile/0/005.p/256",
                               "tile/0/005.p/01",
                               "tile/0/005.p/",
                               "tile/0/005.p",
                               "tile/0/005/",
                               "tile/0/ 05",
                               "/tile/0/005",
                               "tile/entries/005.p/300",
                               "tile/data/005",
                               "tile/0/005.p/7.p/7",
                               "tile/0/../005",
                               "tile/0/x999/x999/x999/x999/x999/x999/x999/999"})
    EXPECT_EQ(parse_tile_path(bad), std::nullopt) << bad;
}

std::size_t count(std::vector<Tile> const& tiles, std::optional<unsigned> level, bool full) {
  return static_cast<std::size_t>(std::count_if(tiles.begin(), tiles.end(), [&](Tile const& t) {
    return t.level == level && (t.width == kTileWidth) == full;
  }));
}

TEST(Tiles, OfSizesAtTheEdgesAreAsTheSpecificationCounts) {
  EXPECT_TRUE(tiles_between(0, 0).empty());
  EXPECT_EQ(tiles_between(0, 256), (std::vector<Tile>{{std::nullopt, 0}, {0u, 0}, {1u, 0, 1}}));
  auto const tiles = tiles_between(0, 70'000);
  EXPECT_EQ(count(tiles, 0u, true), 273u);
  EXPECT_EQ(count(tiles, std::nullopt, true), 273u);
  EXPECT_EQ(tile_width(0u, 273, 70'000), 112u);
  EXPECT_EQ(count(tiles, 1u, true), 1u);
  EXPECT_EQ(tile_width(1u, 1, 70'000), 17u);
  EXPECT_EQ(tile_width(2u, 0, 70'000), 1u);
  EXPECT_EQ(tile_width(2u, 1, 70'000), 0u);
  EXPECT_EQ(tile_width(3u, 0, 70'000), 0u);
  EXPECT_EQ(tile_width(63u, 0, 70'000), 0u);
  for (std::uint64_t size : {255u, 257u, 65'535u, 65'536u}) {
    EXPECT_EQ(tile_width(0u, size / 256, size), size % 256);
    EXPECT_EQ(tile_width(1u, 0, size), std::min<std::uint64_t>(size / 256, 256));
  }
}

TEST(Tiles, AddedInStepsAreThoseOfTheWholeAndAllServable) {
  std::set<std::string> in_steps;
  for (std::uint64_t size = 0; size < 70'000; size += 1000)
    for (Tile const& tile : tiles_between(size, size + 1000)) {
      EXPECT_TRUE(is_tile_of(tile, size + 1000));
      EXPECT_FALSE(is_tile_of(tile, size)) << tile_path(tile);
      in_steps.insert(tile_path(tile));
    }
  for (Tile const& tile : tiles_between(0, 70'000)) EXPECT_TRUE(in_steps.contains(tile_path(tile)));
}

TEST(Tiles, HoldTheRootsOfTheirSubtrees) {
  auto const leaves = event_leaves(1025);
  NodeStore store;
  for (Digest const& leaf : leaves) store.append(leaf);
  Bytes const upper = tile_bytes(1, 0, 4, store.source());
  for (std::size_t i = 0; i < 4; ++i) {
    Digest const root = subtree_root(std::span(leaves).subspan(i * 256, 256));
    EXPECT_TRUE(std::equal(root.bytes.begin(), root.bytes.end(),
                           upper.begin() + static_cast<std::ptrdiff_t>(i * 32)));
  }
  EXPECT_EQ(tile_bytes(0, 3, 256, store.source()).size(), 8192u);
  auto const last = tile_bytes(0, 4, 1, store.source());
  EXPECT_TRUE(std::equal(last.begin(), last.end(), leaves[1024].bytes.begin()));
}

TEST(EntryBundle, IsReadAsWritten) {
  std::vector<Bytes> const entries = {to_bytes("one"), {}, Bytes(kEntryBytesMax, 7)};
  auto const bundle = entry_bundle(entries);
  ASSERT_TRUE(bundle);
  EXPECT_EQ(*parse_entry_bundle(*bundle), entries);
  Bytes const too_large(kEntryBytesMax + 1, 7);
  EXPECT_EQ(outcome(entry_bundle({&too_large, 1})), "entry_too_large");
}

TEST(EntryBundle, IsRefusedWhenCutOrTooLong) {
  std::vector<Bytes> const entries = {to_bytes("one"), to_bytes("two")};
  Bytes const bundle = *entry_bundle(entries);
  for (std::size_t size = 0; size <= bundle.size(); ++size)
    EXPECT_EQ(parse_entry_bundle(ByteView(bundle).first(size)).has_value(), size % 5 == 0) << size;
  EXPECT_TRUE(parse_entry_bundle(Bytes(512)));
  EXPECT_EQ(outcome(parse_entry_bundle(Bytes(514))), "malformed_bundle");
}

}  // namespace
}  // namespace tally::merkle
