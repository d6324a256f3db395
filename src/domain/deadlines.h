#pragma once

// What comes due by itself, and when. An engine that has deadlines adds a kind here, and the
// command that is decided when one comes (deadlines.cc). It sets and clears entries while it
// applies its events. The loop wakes for the earliest entry and knows nothing of what the kinds
// mean.
//
// Each kind has a set of its own, so that many entries of one kind never delay another. The sets
// are derived from the tables (derive.h) and are no part of the state's digest. Leases are not
// here: their clock is the liveness table, which is never folded.

#include <absl/container/btree_set.h>

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/ids.h"
#include "base/time.h"

namespace tally::domain {

// A B-tree: its keys lie side by side, so a search waits for memory three or four times, and an
// insertion at the end does not wait at all.
template <class When, class Key>
using ByTime = absl::btree_set<std::pair<When, Key>>;

// `work` stands still while everything does (mode/engine.h).
enum class WhichClock { ledger, work };
// Which comes first where a deadline and a lease end at the same instant: a run whose limit and
// lease end together has reached its limit.
enum class Turn { before_leases, after_leases };

struct DueRule {
  WhichClock clock;
  Duration grace;  // how long after its instant an entry is due
  Turn turn;
};

enum class DueKind : std::uint8_t { approval, limit, queue, schedule };
inline constexpr std::array kDueKinds{DueKind::approval, DueKind::limit, DueKind::queue,
                                      DueKind::schedule};
DueRule rule_of(DueKind kind);

struct DueId {
  DueKind kind;
  std::uint64_t id;
};
inline DueId due(ApprovalId id) { return {DueKind::approval, id.value()}; }
inline DueId limit_due(RunId id) { return {DueKind::limit, id.value()}; }
inline DueId queue_due(RunId id) { return {DueKind::queue, id.value()}; }
inline DueId schedule_due(std::int64_t number) {  // schedule::Row::number
  return {DueKind::schedule, static_cast<std::uint64_t>(number)};
}

class Deadlines {
 public:
  using Set = ByTime<Instant, std::uint64_t>;
  Set const& of(DueKind kind) const { return sets_[static_cast<std::size_t>(kind)]; }
  // The hint is the end: most deadlines are the latest of their kind when they are set.
  void set(DueId what, Instant at) {
    edit(what.kind).emplace_hint(of(what.kind).end(), at, what.id);
  }
  void clear(DueId what, Instant at) { edit(what.kind).erase(std::pair(at, what.id)); }
  bool operator==(Deadlines const&) const = default;

 private:
  Set& edit(DueKind kind) { return sets_[static_cast<std::size_t>(kind)]; }
  std::array<Set, kDueKinds.size()> sets_;
};

}  // namespace tally::domain
