#pragma once

// Which events belong to a run, a correlation, a tenant: sequences, derived from headers and
// rebuilt from the log at every start; and the latest events themselves, since answers and leases
// ask for what was written a moment ago. Only durable events are in it. Any thread.

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "domain/event.h"
#include "ledger/entry.h"
#include "ledger/occurrences.h"

namespace tally::ledger {

inline constexpr std::size_t kRecentEventsMax = 65'536;
inline constexpr std::size_t kRecentBytesMax = 32u << 20;

class Index {
 public:
  void add(std::shared_ptr<Entry const> entry);
  // The same without keeping the event itself: for what is long past when a start folds it.
  void note(domain::Recorded const& recorded);
  // Forgets everything.
  void clear();
  // If it is among the latest.
  std::shared_ptr<Entry const> recent(std::int64_t seq) const;
  std::vector<std::int64_t> of_run(RunId run) const;
  std::vector<std::int64_t> of_correlation(CorrelationId correlation) const;
  // The tenant's runs, newest first, at most `limit`, older than `before` (a sequence; none: from
  // the newest). Pairs of (sequence of run.submitted, run).
  std::vector<std::pair<std::int64_t, RunId>> runs_of(TenantId const& tenant,
                                                      std::optional<std::int64_t> before,
                                                      std::size_t limit) const;
  // The tenant that a run belongs to.
  std::optional<TenantId> tenant_of(RunId run) const;
  // Events that speak of an error, newest first, at most `limit`, older than `before`.
  std::vector<std::int64_t> errors(std::optional<std::int64_t> before, std::size_t limit) const;
  std::optional<std::int64_t> last_checkpoint() const;
  std::int64_t size() const;  // durable events

 private:
  struct Tables;
  struct TenantRuns {
    TenantId tenant;
    std::deque<std::pair<std::int64_t, RunId>> submitted;  // oldest first
  };
  static void keep_recent(Tables& tables, std::shared_ptr<Entry const> entry);
  static void note(Tables& tables, domain::Recorded const& recorded);
  struct Tables {
    Occurrences<RunId, std::int64_t> runs;                                 // sequences
    Occurrences<std::array<std::uint64_t, 2>, std::int64_t> correlations;  // sequences
    Occurrences<RunId, std::uint32_t> tenants;                             // of runs, by number
    std::map<TenantId, std::uint32_t> tenant_numbers;                      // in the order of coming
    std::vector<TenantRuns> tenant_runs;                                   // by number
    std::vector<std::int64_t> errors;                                      // sequences
    std::optional<std::int64_t> checkpoint;
    std::deque<std::shared_ptr<Entry const>> recent;
    std::size_t recent_bytes = 0;
    std::int64_t size = 0;
  };
  Mutex<Tables> tables_;
};

}  // namespace tally::ledger
