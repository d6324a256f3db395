#include "marks/memory_marks.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "base/check.h"

namespace tally::marks {

namespace {

constexpr std::size_t kUnsortedMax = 512;

std::vector<Mark> merged_levels(std::span<Mark const> a, std::span<Mark const> b) {
  std::vector<Mark> merged(a.size() + b.size());
  Mark* at = merge(a, b, merged.data());
  at = std::ranges::copy(a, at).out;
  std::ranges::copy(b, at);
  return merged;
}

}  // namespace

void MemoryMarks::add(MarkKey const& key, std::int64_t seq) {
  TALLY_CHECK(seq >= 0 && seq < kNoSeqYet, "a sequence that no mark can hold");
  unsorted_.emplace_back(key, seq);
  ++size_;
  if (unsorted_.size() == kUnsortedMax) sort_newest();
}

void MemoryMarks::sort_newest() {
  Level newest = std::exchange(unsorted_, {});
  unsorted_.reserve(kUnsortedMax);
  std::ranges::sort(newest);
  while (!levels_.empty() && levels_.back().size() <= newest.size()) {
    newest = merged_levels(levels_.back(), newest);
    levels_.pop_back();
  }
  levels_.push_back(std::move(newest));
}

// A later level holds later events, and what is unsorted the latest.
Result<void> MemoryMarks::newest(MarkKey const& key, std::int64_t before, std::size_t limit,
                                 std::vector<std::int64_t>& found) const {
  for (auto at = unsorted_.rbegin(); at != unsorted_.rend() && found.size() < limit; ++at)
    if (at->key() == key && at->seq() < before) found.push_back(at->seq());
  for (auto level = levels_.rbegin(); level != levels_.rend() && found.size() < limit; ++level)
    take_newest(*level, key, before, limit, found);
  return {};
}

Result<void> MemoryMarks::oldest(MarkKey const& key, std::int64_t from, std::size_t limit,
                                 std::vector<std::int64_t>& found) const {
  for (auto level = levels_.begin(); level != levels_.end() && found.size() < limit; ++level)
    take_oldest(*level, key, from, limit, found);
  for (auto at = unsorted_.begin(); at != unsorted_.end() && found.size() < limit; ++at)
    if (at->key() == key && at->seq() >= from) found.push_back(at->seq());
  return {};
}

NextMarks MemoryMarks::all() const {
  auto const sorted = std::make_shared<Level>(unsorted_);
  std::ranges::sort(*sorted);
  for (auto level = levels_.rbegin(); level != levels_.rend(); ++level)
    *sorted = merged_levels(*level, *sorted);
  return [sorted, given = false]() mutable -> Result<std::span<Mark const>> {
    if (std::exchange(given, true)) return std::span<Mark const>();
    return std::span<Mark const>(*sorted);
  };
}

}  // namespace tally::marks
