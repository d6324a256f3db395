#pragma once

// Inclusion and consistency proofs of RFC 6962 sections 2.1.1 and 2.1.2 (= RFC 9162 sections
// 2.1.3 and 2.1.4). A proof is a list of hashes, the one nearest to the leaves first.

#include <cstdint>
#include <span>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "merkle/node_store.h"

namespace tally::merkle {

using Proof = std::vector<Digest>;

// A tree of at most kTreeSizeMax leaves is at most 63 levels high.
inline constexpr std::size_t kInclusionHashesMax = 63;

// The root of these leaf hashes, by the recursion of RFC 6962 section 2.1: one hash a leaf. For an
// ever-growing tree use Tree.
Digest subtree_root(std::span<Digest const> leaf_hashes);

// That leaf `index` is in the tree of the first `size` leaves. Error "out_of_range" unless
// index < size and the leaves reach that far. From a span the cost is one hash a leaf; from a
// source of nodes it is the height of the tree, squared at worst.
Result<Proof> inclusion_proof(std::span<Digest const> leaf_hashes, std::uint64_t index,
                              std::uint64_t size);
Result<Proof> inclusion_proof(NodeSource const& nodes, std::uint64_t index, std::uint64_t size);

// That the first `old_size` leaves are the same in the tree of the first `new_size`. Error
// "out_of_range" unless 0 < old_size <= new_size.
Result<Proof> consistency_proof(std::span<Digest const> leaf_hashes, std::uint64_t old_size,
                                std::uint64_t new_size);
Result<Proof> consistency_proof(NodeSource const& nodes, std::uint64_t old_size,
                                std::uint64_t new_size);

// RFC 9162 section 2.1.3.2. Error "invalid_proof" says which check failed.
Result<void> verify_inclusion(std::uint64_t index, std::uint64_t size, Digest const& leaf_hash,
                              std::span<Digest const> proof, Digest const& root);

// RFC 9162 section 2.1.4.2. Error "invalid_proof" says which check failed. An old size of 0 is
// refused whatever the new one: an empty tree is part of every tree, so a proof says nothing, and
// a caller without an earlier root must know that it has none.
Result<void> verify_consistency(std::uint64_t old_size, std::uint64_t new_size,
                                Digest const& old_root, Digest const& new_root,
                                std::span<Digest const> proof);

}  // namespace tally::merkle
