#pragma once

// What the index is made of. A mark says that an event stands under a key; marks are sorted by key
// and sequence, so what stands under a key stands together, oldest first.

#include <compare>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/result.h"

namespace tally::ledger {

enum class MarkKind : std::uint64_t {
  correlation = 1,
  run,
  tenant,  // only the first events of its runs
  error,   // findings; all under one key
};

struct MarkKey {
  MarkKind kind = MarkKind::error;
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend auto operator<=>(MarkKey const&, MarkKey const&) = default;
};

MarkKey key_of(RunId run);
MarkKey key_of(CorrelationId const& correlation);
// Of a name; by its SHA-256, so that all keys are of one length.
MarkKey key_of(TenantId const& tenant);
inline constexpr MarkKey kErrorsKey{MarkKind::error, 0, 0};

struct Mark {
  MarkKey key;
  std::int64_t seq = 0;
  friend auto operator<=>(Mark const&, Mark const&) = default;
  // The same order without a branch: where random keys are sorted and merged, half of all branches
  // would go another way than expected, and each of those costs more than all that stands here.
  friend bool operator<(Mark const& a, Mark const& b) {
    auto const less = [](auto x, auto y, bool behind) {
      return static_cast<bool>((x < y) | ((x == y) & behind));
    };
    bool const by_seq = a.seq < b.seq;
    bool const by_low = less(a.key.low, b.key.low, by_seq);
    return less(a.key.kind, b.key.kind, less(a.key.high, b.key.high, by_low));
  }
};

inline constexpr std::int64_t kNoSeqYet = std::numeric_limits<std::int64_t>::max();

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
  virtual std::uint64_t size() const = 0;
  // All of them, once; for writing them elsewhere. The table outlives what is returned.
  virtual NextMarks all() const = 0;
};

// Appends what stands under `key` before `before` in sorted `marks`, newest first. Says whether
// marks that stand before these may have more of it.
bool take_newest(std::span<Mark const> marks, MarkKey const& key, std::int64_t before,
                 std::size_t limit, std::vector<std::int64_t>& found);

// Merges sorted marks until one side is used up. `a` and `b` are then what is left of them; returns
// the end of what was written from `to` on, where there is room for both.
Mark* merge(std::span<Mark const>& a, std::span<Mark const>& b, Mark* to);
// Two sorted sequences as one.
NextMarks merged(NextMarks a, NextMarks b);

}  // namespace tally::ledger
