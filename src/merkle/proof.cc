#include "merkle/proof.h"

#include <bit>

#include "merkle/tree.h"

namespace tally::merkle {

namespace {

// Where a tree of `count` > 1 leaves splits: the largest power of two below `count`.
std::uint64_t split_of(std::uint64_t count) { return std::bit_floor(count - 1); }

NodeSource nodes_of(std::span<Digest const> leaf_hashes) {
  return [leaf_hashes](unsigned level, std::uint64_t index) {
    return subtree_root(leaf_hashes.subspan(index << level, std::uint64_t{1} << level));
  };
}

// Builds a proof downwards. Every range it asks for starts at a multiple of the power of two that
// is its largest perfect subtree, so the parts of the range are nodes.
class Builder {
 public:
  explicit Builder(NodeSource const& nodes) : nodes_(nodes) {}

  // PATH(m, D) of RFC 6962 section 2.1.1, D being the leaves [begin, end) and `leaf` among them.
  void include(std::uint64_t leaf, std::uint64_t begin, std::uint64_t end) {
    if (end - begin == 1) return;
    std::uint64_t const middle = begin + split_of(end - begin);
    if (leaf < middle) {
      include(leaf, begin, middle);
      add(middle, end);
    } else {
      include(leaf, middle, end);
      add(begin, middle);
    }
  }

  // SUBPROOF(m, D, b) of RFC 6962 section 2.1.2. `old_end` is m counted from the first leaf;
  // `known` is b: the verifier has the root of [begin, old_end) already.
  void keep(std::uint64_t old_end, std::uint64_t begin, std::uint64_t end, bool known) {
    if (old_end == end) {
      if (!known) add(begin, end);
      return;
    }
    std::uint64_t const middle = begin + split_of(end - begin);
    if (old_end <= middle) {
      keep(old_end, begin, middle, known);
      add(middle, end);
    } else {
      keep(old_end, middle, end, false);
      add(begin, middle);
    }
  }

  Proof proof;

 private:
  void add(std::uint64_t begin, std::uint64_t end) { proof.push_back(root(begin, end)); }

  Digest root(std::uint64_t begin, std::uint64_t end) const {
    std::uint64_t const perfect = std::bit_floor(end - begin);
    auto const level = static_cast<unsigned>(std::countr_zero(perfect));
    Digest const left = nodes_(level, begin >> level);
    if (begin + perfect == end) return left;
    return node_hash(left, root(begin + perfect, end));
  }

  NodeSource const& nodes_;
};

// The position of a node in both halves of a verification: fn and sn of RFC 9162. Walking up, the
// node is a right child, or has no sibling, or is a left child.
struct Position {
  std::uint64_t node;
  std::uint64_t last;

  bool at_root() const { return last == 0; }
  bool sibling_is_left() const { return (node & 1) != 0 || node == last; }
  void up() {
    node >>= 1;
    last >>= 1;
  }
  // Skips the levels on which a node at the right edge has no sibling.
  void up_to_sibling() {
    while ((node & 1) == 0 && node != 0) up();
  }
};

auto invalid(std::string detail) { return fail("invalid_proof", std::move(detail)); }

Result<void> check_leaves(std::span<Digest const> leaf_hashes, std::uint64_t size) {
  if (size <= leaf_hashes.size()) return {};
  return fail("out_of_range", "the tree has fewer leaves than the size that was asked for");
}

}  // namespace

Digest subtree_root(std::span<Digest const> leaf_hashes) {
  if (leaf_hashes.empty()) return empty_root();
  if (leaf_hashes.size() == 1) return leaf_hashes.front();
  std::size_t const left = split_of(leaf_hashes.size());
  return node_hash(subtree_root(leaf_hashes.first(left)), subtree_root(leaf_hashes.subspan(left)));
}

Result<Proof> inclusion_proof(NodeSource const& nodes, std::uint64_t index, std::uint64_t size) {
  if (index >= size || size > kTreeSizeMax)
    return fail("out_of_range", "the index must be below the size of the tree");
  Builder builder(nodes);
  builder.include(index, 0, size);
  return std::move(builder.proof);
}

Result<Proof> inclusion_proof(std::span<Digest const> leaf_hashes, std::uint64_t index,
                              std::uint64_t size) {
  TRY_VOID(check_leaves(leaf_hashes, size));
  return inclusion_proof(nodes_of(leaf_hashes), index, size);
}

Result<Proof> consistency_proof(NodeSource const& nodes, std::uint64_t old_size,
                                std::uint64_t new_size) {
  if (old_size == 0 || old_size > new_size || new_size > kTreeSizeMax)
    return fail("out_of_range", "the old size must be above 0 and at most the new size");
  Builder builder(nodes);
  builder.keep(old_size, 0, new_size, true);
  return std::move(builder.proof);
}

Result<Proof> consistency_proof(std::span<Digest const> leaf_hashes, std::uint64_t old_size,
                                std::uint64_t new_size) {
  TRY_VOID(check_leaves(leaf_hashes, new_size));
  return consistency_proof(nodes_of(leaf_hashes), old_size, new_size);
}

Result<void> verify_inclusion(std::uint64_t index, std::uint64_t size, Digest const& leaf_hash,
                              std::span<Digest const> proof, Digest const& root) {
  if (index >= size) return invalid("the index is not below the size of the tree");
  Position position{index, size - 1};
  Digest hash = leaf_hash;
  for (Digest const& sibling : proof) {
    if (position.at_root()) return invalid("the proof has more hashes than the tree has levels");
    if (position.sibling_is_left()) {
      hash = node_hash(sibling, hash);
      position.up_to_sibling();
    } else {
      hash = node_hash(hash, sibling);
    }
    position.up();
  }
  if (!position.at_root()) return invalid("the proof ends below the root");
  if (hash != root) return invalid("the proof leads to another root");
  return {};
}

Result<void> verify_consistency(std::uint64_t old_size, std::uint64_t new_size,
                                Digest const& old_root, Digest const& new_root,
                                std::span<Digest const> proof) {
  if (old_size == 0) return invalid("an empty tree needs no proof and has none");
  if (old_size > new_size) return invalid("the old tree is larger than the new one");
  if (old_size == new_size) {
    if (!proof.empty()) return invalid("trees of one size need no hashes");
    if (old_root != new_root) return invalid("two roots for one size");
    return {};
  }
  // Where the old tree is perfect its root is a node of the new one, and is left out of the proof.
  bool const perfect = std::has_single_bit(old_size);
  if (proof.empty()) return invalid("the proof is empty");
  Digest old_hash = perfect ? old_root : proof.front();
  Digest new_hash = old_hash;
  if (!perfect) proof = proof.subspan(1);
  Position position{old_size - 1, new_size - 1};
  while ((position.node & 1) != 0) position.up();
  for (Digest const& sibling : proof) {
    if (position.at_root()) return invalid("the proof has more hashes than the tree has levels");
    if (position.sibling_is_left()) {
      old_hash = node_hash(sibling, old_hash);
      new_hash = node_hash(sibling, new_hash);
      position.up_to_sibling();
    } else {
      new_hash = node_hash(new_hash, sibling);
    }
    position.up();
  }
  if (!position.at_root()) return invalid("the proof ends below the root");
  if (old_hash != old_root) return invalid("the proof leads to another old root");
  if (new_hash != new_root) return invalid("the proof leads to another new root");
  return {};
}

}  // namespace tally::merkle
