#pragma once

// The hash tree of RFC 6962 section 2.1 (= RFC 9162 section 2.1.1) with SHA-256.
//
//   root of no leaves   SHA-256("")
//   leaf                SHA-256(0x00 || entry)
//   inner node          SHA-256(0x01 || left || right)
//
// A tree of n leaves splits at the largest power of two below n, so its left parts are perfect
// subtrees that never change again. Tree keeps the roots of those alone.

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/digest.h"

namespace tally::merkle {

// Sizes are below 2^63, since other verifiers count in signed 64-bit integers.
inline constexpr std::uint64_t kTreeSizeMax = (std::uint64_t{1} << 63) - 1;

// A group is the leaves of one full hash tile (tiles.h): a perfect subtree of this level.
inline constexpr unsigned kGroupLevel = 8;
inline constexpr std::uint64_t kGroupLeaves = std::uint64_t{1} << kGroupLevel;

Digest leaf_hash(ByteView entry);
// The same of many, in order; it costs half.
std::vector<Digest> leaf_hashes(std::span<ByteView const> entries);
Digest node_hash(Digest const& left, Digest const& right);
Digest empty_root();

// Appending costs less than two node hashes on average, the root at most one for each set bit of
// the size. A value: copy it to look ahead.
class Tree {
 public:
  void append(Digest const& leaf_hash);
  std::uint64_t size() const { return size_; }
  Digest root() const;

  // From here on keeps the root of each group that an append completes, until it is taken. They
  // pass by anyway; made again they would cost the hashes of all leaves.
  void keep_groups() { keeps_groups_ = true; }
  // Oldest first.
  std::vector<Digest> take_groups() { return std::exchange(groups_, {}); }

  // The roots of the perfect subtrees, largest first: one for each set bit of the size. With the
  // size they are the whole state, for a snapshot.
  std::span<Digest const> peaks() const { return peaks_; }
  // Nothing if the number of peaks does not fit the size.
  static std::optional<Tree> restore(std::uint64_t size, std::vector<Digest> peaks);

 private:
  std::uint64_t size_ = 0;
  std::vector<Digest> peaks_;
  bool keeps_groups_ = false;
  std::vector<Digest> groups_;
};

}  // namespace tally::merkle
