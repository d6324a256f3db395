#include "merkle/node_store.h"

#include <span>

#include "base/check.h"
#include "merkle/proof.h"

namespace tally::merkle {

namespace {

constexpr unsigned kStride = 8;
constexpr std::size_t kNodesPerParent = std::size_t{1} << kStride;

}  // namespace

void NodeStore::append(Digest const& leaf_hash) {
  Digest hash = leaf_hash;
  for (std::size_t i = 0;; ++i) {
    if (i == levels_.size()) levels_.emplace_back();
    levels_[i].push_back(hash);
    if (levels_[i].size() % kNodesPerParent != 0) return;
    hash = subtree_root(std::span(levels_[i]).last(kNodesPerParent));
  }
}

Digest NodeStore::node(unsigned level, std::uint64_t index) const {
  std::size_t const kept = level / kStride;
  std::uint64_t const count = std::uint64_t{1} << (level % kStride);
  TALLY_CHECK(kept < levels_.size(), "no such level in the tree");
  std::vector<Digest> const& nodes = levels_[kept];
  TALLY_CHECK(index < nodes.size() / count, "the subtree is not complete");
  return subtree_root(std::span(nodes).subspan(index * count, count));
}

}  // namespace tally::merkle
