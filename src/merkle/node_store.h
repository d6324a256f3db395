#pragma once

// All hashes of a growing tree that its proofs and tiles need, in memory: 32 bytes a leaf and one
// 255th of that on top. Only every eighth level is kept, as in tlog-tiles; a level between is
// computed from at most 128 hashes.

#include <cstdint>
#include <functional>
#include <vector>

#include "base/digest.h"

namespace tally::merkle {

// The root of the perfect subtree `index` of `level`: of the leaves from index * 2^level up to,
// not including, (index + 1) * 2^level. Asked for complete subtrees only.
using NodeSource = std::function<Digest(unsigned level, std::uint64_t index)>;

class NodeStore {
 public:
  void append(Digest const& leaf_hash);
  std::uint64_t size() const { return levels_.front().size(); }
  // Stops the process if the subtree is not complete.
  Digest node(unsigned level, std::uint64_t index) const;
  // Refers to this store, which must outlive it.
  NodeSource source() const {
    return [this](unsigned level, std::uint64_t index) { return node(level, index); };
  }

 private:
  // levels_[i] holds the nodes of level 8 * i.
  std::vector<std::vector<Digest>> levels_{1};
};

}  // namespace tally::merkle
