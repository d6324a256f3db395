#pragma once

// Which lease was last heard of when. Volatile: it belongs to the loop and is never folded; after a
// start every lease has a full period again. It enters decisions only as a fact.

#include <functional>
#include <map>
#include <optional>
#include <set>

#include "base/ids.h"
#include "base/time.h"

namespace tally::ledger {

class Liveness {
 public:
  // Heard now: alive for `period` from `at`.
  void renew(RunId run, Instant at, Duration period);
  // Its worker was the process before this one: over at `at`, for that reason.
  void end_with_process(RunId run, Instant at);
  // Asked again at `at`; why the lease is over stays as it is.
  void postpone(RunId run, Instant at);
  bool ended_with_process(RunId run) const { return orphans_.contains(run); }
  void drop(RunId run);
  // Everybody has a full period again, each their own (after time stood still).
  void renew_all(Instant at, std::function<Duration(RunId)> const& period_of);
  bool expired(RunId run, Instant at) const;
  // The one that expires first.
  std::optional<std::pair<Instant, RunId>> next() const;
  std::size_t size() const { return until_.size(); }

 private:
  std::map<RunId, Instant> until_;
  std::set<std::pair<Instant, RunId>> order_;
  std::set<RunId> orphans_;  // of the process before
};

}  // namespace tally::ledger
