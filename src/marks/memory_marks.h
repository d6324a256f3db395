#pragma once

// Marks in memory, in the order in which events come, which is not that of their keys.
//
// New marks go to the end of a short unsorted level. When that is full it is sorted and becomes the
// newest of the sorted levels, and as long as the level before it is not longer, the two are merged
// into one. So levels get shorter from the oldest to the newest, each at least halving, as the bits
// of a counter do: n marks lie in at most log2(n / kUnsortedMax) levels, and each mark is moved at
// most once for each of them, in sequence, which is what memory is good at. Finding is a binary
// search in each level.
//
// A map's node and list took about 130 bytes a key and several cache misses a mark. The price is
// that now and then one call of `add` merges all there is.

#include "marks/marks.h"

namespace tally::marks {

class MemoryMarks final : public MarkTable {
 public:
  // Of an event behind all that were added; one thread, and nobody reads meanwhile.
  void add(MarkKey const& key, std::int64_t seq);

  Result<void> newest(MarkKey const& key, std::int64_t before, std::size_t limit,
                      std::vector<std::int64_t>& found) const override;
  Result<void> oldest(MarkKey const& key, std::int64_t from, std::size_t limit,
                      std::vector<std::int64_t>& found) const override;
  std::uint64_t size() const override { return size_; }
  NextMarks all() const override;

 private:
  using Level = std::vector<Mark>;

  void sort_newest();

  std::vector<Level> levels_;  // the oldest and longest first
  Level unsorted_;
  std::uint64_t size_ = 0;
};

}  // namespace tally::marks
