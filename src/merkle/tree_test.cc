#include "merkle/tree.h"

#include <gtest/gtest.h>

#include "merkle/node_store.h"
#include "merkle/proof.h"
#include "merkle/test_data.h"

namespace tally::merkle {
namespace {

using testing::digest;
using testing::event_leaves;
using testing::tree_of;

// github.com/transparency-dev/merkle, rfc6962/rfc6962_test.go.
TEST(TreeHashes, MatchThePublishedConstants) {
  EXPECT_EQ(empty_root().hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(leaf_hash({}).hex(),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_TRUE(leaf_hash(as_bytes("L123456")).hex().starts_with("395aa064"));
  // The published constant hashes two 4-byte children, which no tree has: spelled out here.
  EXPECT_TRUE(
      sha256({as_bytes("\x01"), as_bytes("N123"), as_bytes("N456")}).hex().starts_with("aa217fe8"));
}

TEST(TreeHashes, OfANodeAreOfOneAndBothChildren) {
  Digest const left = leaf_hash(as_bytes("a"));
  Digest const right = leaf_hash(as_bytes("b"));
  EXPECT_EQ(node_hash(left, right), sha256({as_bytes("\x01"), left.bytes, right.bytes}));
  EXPECT_NE(node_hash(left, right), node_hash(right, left));
}

TEST(TreeHashes, OfManyLeavesAreThoseOfEach) {
  for (std::size_t count = 0; count < 40; ++count) {
    std::vector<Bytes> entries;
    for (std::size_t i = 0; i < count; ++i) entries.emplace_back(i * i, std::uint8_t(i));
    auto const hashes = leaf_hashes(std::vector<ByteView>(entries.begin(), entries.end()));
    ASSERT_EQ(hashes.size(), count);
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(hashes[i], leaf_hash(entries[i])) << i;
  }
}

TEST(Tree, MatchesRootsThatOtherImplementationsComputed) {
  auto const leaves = event_leaves(7);
  auto root = [&](std::size_t size) { return tree_of(std::span(leaves).first(size)).root(); };
  EXPECT_EQ(root(0), empty_root());
  EXPECT_EQ(root(1), digest("ZzTbOxm2Tcg3A/mh9K7naX37KS+04IJ8xj+KNRsbNgk="));
  EXPECT_EQ(root(2), digest("P9HVoFmrFxo0X5kSyDwt2LeTO06VDmdJvIPbsfQ8y94="));
  EXPECT_EQ(root(3), digest("2y7/5k02NSvNTCYL3g4RODEMn3e4nUxXV4ZS+bGFtjA="));
  EXPECT_EQ(root(4), digest("MwFXNIsphb0cRlfkTzYorpF23YKBH/sxqOARud6ouaE="));
  EXPECT_EQ(root(7), digest("gTvaOkIAD4KUtqlU6oN5LC3vrmUkbvdgr5/dU699Rjg="));
}

TEST(Tree, KeepsTheRootsOfGroupsAlsoWhereItGoesOnInsideOfOne) {
  auto const leaves = event_leaves(3 * kGroupLeaves + 7);
  Tree tree;
  for (Digest const& leaf : std::span(leaves).first(kGroupLeaves + 100)) tree.append(leaf);
  EXPECT_TRUE(tree.take_groups().empty()) << "nobody wanted them";
  auto const peaks = tree.peaks();
  auto again = Tree::restore(tree.size(), {peaks.begin(), peaks.end()});
  ASSERT_TRUE(again);
  again->keep_groups();
  for (Digest const& leaf : std::span(leaves).subspan(kGroupLeaves + 100)) again->append(leaf);
  auto const of = [&](std::size_t group) {
    return tree_of(std::span(leaves).subspan(group * kGroupLeaves, kGroupLeaves)).root();
  };
  EXPECT_EQ(again->take_groups(), (std::vector<Digest>{of(1), of(2)}));
  EXPECT_TRUE(again->take_groups().empty()) << "they were taken";
}

TEST(Tree, EqualsTheRecursionAtEverySize) {
  auto const leaves = event_leaves(300);
  Tree tree;
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    tree.append(leaves[size - 1]);
    ASSERT_EQ(tree.size(), size);
    ASSERT_EQ(tree.root(), subtree_root(std::span(leaves).first(size))) << size;
  }
}

TEST(Tree, GoesOnFromItsPeaks) {
  auto const leaves = event_leaves(100);
  for (std::size_t size = 0; size < leaves.size(); ++size) {
    Tree const before = tree_of(std::span(leaves).first(size));
    auto tree = Tree::restore(size, {before.peaks().begin(), before.peaks().end()});
    ASSERT_TRUE(tree);
    for (Digest const& leaf : std::span(leaves).subspan(size)) tree->append(leaf);
    ASSERT_EQ(tree->root(), tree_of(leaves).root());
  }
}

TEST(Tree, IsNotRestoredFromAWrongNumberOfPeaks) {
  EXPECT_FALSE(Tree::restore(3, {Digest{}}));
  EXPECT_FALSE(Tree::restore(4, {Digest{}, Digest{}}));
  EXPECT_FALSE(Tree::restore(0, {Digest{}}));
  EXPECT_FALSE(Tree::restore(kTreeSizeMax + 1, {Digest{}}));
}

TEST(NodeStore, HasTheRootOfEveryCompleteSubtree) {
  auto const leaves = event_leaves(600);
  NodeStore store;
  for (Digest const& leaf : leaves) store.append(leaf);
  EXPECT_EQ(store.size(), leaves.size());
  for (unsigned level = 0; level <= 9; ++level) {
    std::size_t const width = std::size_t{1} << level;
    for (std::size_t index = 0; (index + 1) * width <= leaves.size(); ++index)
      ASSERT_EQ(store.node(level, index),
                subtree_root(std::span(leaves).subspan(index * width, width)));
  }
}

TEST(NodeStoreDeathTest, StopsAtASubtreeThatIsNotComplete) {
  NodeStore store;
  for (Digest const& leaf : event_leaves(7)) store.append(leaf);
  EXPECT_DEATH(store.node(2, 1), "not complete");
  EXPECT_DEATH(store.node(8, 0), "no such level");
}

}  // namespace
}  // namespace tally::merkle
