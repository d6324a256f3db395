#pragma once

// Which values were added under which key, in the order of adding: what a map from keys to lists
// would hold, in a fraction of its memory and time.
//
// New pairs go to the end of a short unsorted level. When that is full it is sorted and becomes the
// newest of the sorted levels, and as long as the level before it is not longer, the two are merged
// into one. So levels get shorter from the oldest to the newest, each at least halving, as the bits
// of a counter do: n pairs lie in at most log2(n / kUnsortedMax) levels, and each pair is moved at
// most once for each of them, in sequence, which is what memory is good at. Finding is a binary
// search in each level.
//
// A map's node and list took about 130 bytes a key and several cache misses a pair. The price is
// that now and then one call of `add` merges all there is: some milliseconds per million pairs.

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace tally::ledger {

template <class Key, class Value>
class Occurrences {
 public:
  void add(Key key, Value value) {
    unsorted_.push_back({key, value});
    if (unsorted_.size() == kUnsortedMax) sort_newest();
  }

  std::vector<Value> of(Key const& key) const {
    std::vector<Value> found;
    for (Level const& level : levels_) {
      auto const [first, last] =
          std::equal_range(level.begin(), level.end(), Pair{key, {}}, before);
      for (auto at = first; at != last; ++at) found.push_back(at->value);
    }
    for (Pair const& pair : unsorted_)
      if (pair.key == key) found.push_back(pair.value);
    return found;
  }

 private:
  struct Pair {
    Key key;
    Value value;
  };
  using Level = std::vector<Pair>;

  static constexpr std::size_t kUnsortedMax = 512;

  static bool before(Pair const& a, Pair const& b) { return a.key < b.key; }

  // Sorting and merging keep the order of equal keys, which is the order of adding.
  void sort_newest() {
    Level newest = std::exchange(unsorted_, {});
    unsorted_.reserve(kUnsortedMax);
    std::stable_sort(newest.begin(), newest.end(), before);
    while (!levels_.empty() && levels_.back().size() <= newest.size()) {
      Level merged;
      merged.reserve(levels_.back().size() + newest.size());
      std::merge(levels_.back().begin(), levels_.back().end(), newest.begin(), newest.end(),
                 std::back_inserter(merged), before);
      newest = std::move(merged);
      levels_.pop_back();
    }
    levels_.push_back(std::move(newest));
  }

  std::vector<Level> levels_;  // the oldest and longest first
  Level unsorted_;
};

}  // namespace tally::ledger
