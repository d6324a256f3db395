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
};

}  // namespace tally::ledger
