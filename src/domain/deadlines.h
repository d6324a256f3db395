#pragma once

// What comes due by itself, and when. An engine that has something with a deadline names a kind
// here and the command that is to be decided then (deadlines.cc); it sets and clears the entries as
// it applies its events. The loop wakes for them and asks, kind by kind; it knows none of them.
//
// Kinds have sets of their own, so that many entries of one do not stand before another's. The sets
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

// Keys side by side, so that a search waits for memory three or four times, and what is put last
// does not wait.
template <class When, class Key>
using ByTime = absl::btree_set<std::pair<When, Key>>;

// `work` stands still while everything does (mode/engine.h).
enum class WhichClock { ledger, work };
// A run whose limit and lease end at one instant has reached its limit.
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
  // Most deadlines come last in their order.
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
