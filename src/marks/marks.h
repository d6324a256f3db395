#pragma once

// Index entries. A mark is one of them, (key, seq): the record of this sequence stands under this
// key. Marks are sorted, and what stands under a key stands together, oldest first. Which keys
// there are, and which of them an event gets, says whoever keeps an index (ledger/index.h).

#include <compare>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/result.h"

namespace tally::marks {

enum class MarkKind : std::uint64_t {
  correlation = 1,
  run,
  tenant,  // only the first events of its runs
  key,     // only what became of the key itself
};

struct MarkKey {
  MarkKind kind = MarkKind::run;
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend auto operator<=>(MarkKey const&, MarkKey const&) = default;
};

MarkKey key_of(RunId run);
MarkKey key_of(KeyId key);
MarkKey key_of(CorrelationId const& correlation);
// Of a name; by its SHA-256, so that all keys are of one length.
MarkKey key_of(TenantId const& tenant);

// Three integers, since what is sorted, merged and written again and again should be short.
class Mark {
 public:
  Mark() = default;
  // 0 <= seq <= kNoSeqYet
  Mark(MarkKey const& key, std::int64_t seq)
      : high_(key.high),
        low_(key.low),
        kind_and_seq_(static_cast<std::uint64_t>(key.kind) << kSeqBits |
                      static_cast<std::uint64_t>(seq)) {}
  MarkKey key() const {
    return {.kind = static_cast<MarkKind>(kind_and_seq_ >> kSeqBits), .high = high_, .low = low_};
  }
  std::int64_t seq() const { return static_cast<std::int64_t>(kind_and_seq_ & kSeqMask); }

  friend auto operator<=>(Mark const&, Mark const&) = default;
  // The same order without a branch: where random keys are sorted and merged, half of all branches
  // would go another way than expected, and each of those costs more than all that stands here.
  friend bool operator<(Mark const& a, Mark const& b) {
    auto const less = [](auto x, auto y, bool behind) {
      return static_cast<bool>((x < y) | ((x == y) & behind));
    };
    bool const by_seq = a.kind_and_seq_ < b.kind_and_seq_;
    return less(a.high_, b.high_, less(a.low_, b.low_, by_seq));
  }

  static constexpr int kSeqBits = 60;
  static constexpr std::uint64_t kSeqMask = (std::uint64_t{1} << kSeqBits) - 1;

 private:
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
  std::uint64_t kind_and_seq_ = 0;
};

inline constexpr auto kNoSeqYet = static_cast<std::int64_t>(Mark::kSeqMask);

// Sorted marks, a part at a time; an empty part is the end.
using NextMarks = std::function<Result<std::span<Mark const>>()>;

// The marks of a range of events. Any thread.
class MarkTable {
 public:
  virtual ~MarkTable() = default;
  // The events under `key` before the sequence `before`, newest first, behind what was found
  // already and until that are `limit`. Error "index_damaged", and the disk's.
  virtual Result<void> newest(MarkKey const& key, std::int64_t before, std::size_t limit,
                              std::vector<std::int64_t>& found) const = 0;
  // The events under `key` from the sequence `from` on, oldest first, in the same way.
  virtual Result<void> oldest(MarkKey const& key, std::int64_t from, std::size_t limit,
                              std::vector<std::int64_t>& found) const = 0;
  virtual std::uint64_t size() const = 0;
  // All of them, once; for writing them elsewhere. The table outlives what is returned.
  virtual NextMarks all() const = 0;
};

// Appends what stands under `key` before `before` in sorted `marks`, newest first. Says whether
// marks that stand before these may have more of it.
bool take_newest(std::span<Mark const> marks, MarkKey const& key, std::int64_t before,
                 std::size_t limit, std::vector<std::int64_t>& found);

// The same from `from` on, oldest first. Says whether marks that stand behind these may have more.
bool take_oldest(std::span<Mark const> marks, MarkKey const& key, std::int64_t from,
                 std::size_t limit, std::vector<std::int64_t>& found);

// Merges sorted marks until one side is used up. `a` and `b` are then what is left of them; returns
// the end of what was written from `to` on, where there is room for both.
Mark* merge(std::span<Mark const>& a, std::span<Mark const>& b, Mark* to);
// Sorted sequences, at least one, as one.
NextMarks merged(std::vector<NextMarks> sequences);

}  // namespace tally::marks
