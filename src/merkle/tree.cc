#include "merkle/tree.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace tally::merkle {

namespace {

constexpr std::array<std::uint8_t, 1> kLeaf{0x00};
constexpr std::size_t kTogether = 16;  // leaves; two suffice, and the last may be alone

}  // namespace

Digest leaf_hash(ByteView entry) { return sha256({ByteView(kLeaf), entry}); }

std::vector<Digest> leaf_hashes(std::span<ByteView const> entries) {
  std::vector<Digest> hashes(entries.size());
  std::array<ByteView, kTogether> messages;
  Bytes text;  // of the messages; some of them at a time, so that they stay in the cache
  for (std::size_t at = 0; at < entries.size(); at += kTogether) {
    auto const some = entries.subspan(at, std::min(kTogether, entries.size() - at));
    std::size_t bytes = 0;
    for (ByteView entry : some) bytes += kLeaf.size() + entry.size();
    text.clear();
    text.reserve(bytes);
    for (std::size_t i = 0; i < some.size(); ++i) {
      std::size_t const begin = text.size();
      text.insert(text.end(), kLeaf.begin(), kLeaf.end());
      text.insert(text.end(), some[i].begin(), some[i].end());
      messages[i] = ByteView(text).subspan(begin);
    }
    sha256_each(std::span(messages).first(some.size()), std::span(hashes).subspan(at, some.size()));
  }
  return hashes;
}

Digest node_hash(Digest const& left, Digest const& right) {
  std::array<std::uint8_t, 65> input{0x01};
  std::copy(left.bytes.begin(), left.bytes.end(), input.begin() + 1);
  std::copy(right.bytes.begin(), right.bytes.end(), input.begin() + 33);
  return sha256(ByteView(input));
}

Digest empty_root() { return sha256(ByteView()); }

void Tree::append(Digest const& leaf_hash) {
  TALLY_CHECK(size_ < kTreeSizeMax, "the tree is full");
  Digest hash = leaf_hash;
  unsigned level = 0;
  // Like the carry of size + 1: each low set bit is a subtree that the new one completes.
  for (std::uint64_t carry = size_; (carry & 1) != 0; carry >>= 1) {
    hash = node_hash(peaks_.back(), hash);
    peaks_.pop_back();
    if (++level == kGroupLevel && keeps_groups_) groups_.push_back(hash);
  }
  peaks_.push_back(hash);
  ++size_;
}

Digest Tree::root() const {
  if (peaks_.empty()) return empty_root();
  Digest root = peaks_.back();
  for (auto peak = peaks_.rbegin() + 1; peak != peaks_.rend(); ++peak)
    root = node_hash(*peak, root);
  return root;
}

std::optional<Tree> Tree::restore(std::uint64_t size, std::vector<Digest> peaks) {
  if (size > kTreeSizeMax) return std::nullopt;
  if (static_cast<std::size_t>(std::popcount(size)) != peaks.size()) return std::nullopt;
  Tree tree;
  tree.size_ = size;
  tree.peaks_ = std::move(peaks);
  return tree;
}

}  // namespace tally::merkle
