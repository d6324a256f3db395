#pragma once

// Long polls: who waits for the end of which run, and until when at the latest. A tenant has at
// most an eighth of the places. The loop's thread alone uses it, and answers whoever it takes out.

#include <map>
#include <set>
#include <tuple>

#include "ledger/loop.h"

namespace tally::ledger {

class Waits {
 public:
  using Done = std::function<void(RunReading)>;
  struct Ended {
    RunId run;
    Done done;
  };

  static constexpr std::size_t kTenantShare = 8;

  // False, and `done` is left alone, if of `most` places none is left for this tenant.
  bool add(TenantId const& tenant, RunId run, Instant until, std::size_t most, Done& done);
  // All who wait for `run`, in order of arrival.
  std::vector<Done> take(RunId run);
  // All whose time is over at `now`, the earliest first.
  std::vector<Ended> take_over(Instant now);
  std::vector<Ended> take_all();
  std::optional<Instant> next() const;  // end of the one that ends first
  std::size_t size() const { return ends_.size(); }

 private:
  struct Waiter {
    TenantId tenant;
    Instant until;
    Done done;
  };
  using Waiters = std::map<std::pair<RunId, std::uint64_t>, Waiter>;
  Waiters::iterator erase(Waiters::iterator at);

  Waiters waiters_;  // by run and ticket
  std::map<TenantId, std::size_t> shares_;
  std::set<std::tuple<Instant, RunId, std::uint64_t>> ends_;
  std::uint64_t tickets_ = 0;
};

}  // namespace tally::ledger
