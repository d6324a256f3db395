#pragma once

// Which events belong to a run, a correlation, a tenant: sequences only, derived from headers and
// rebuilt from the log at every start. Only durable events are in it. Any thread.

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "domain/event.h"

namespace tally::ledger {

class Index {
 public:
  void add(domain::Header const& header, bool submits_run, bool is_checkpoint);
  std::vector<std::int64_t> of_run(RunId run) const;
  std::vector<std::int64_t> of_correlation(CorrelationId correlation) const;
  // The tenant's runs, newest first, at most `limit`, older than `before` (a sequence; none: from
  // the newest). Pairs of (sequence of run.submitted, run).
  std::vector<std::pair<std::int64_t, RunId>> runs_of(TenantId const& tenant,
                                                      std::optional<std::int64_t> before,
                                                      std::size_t limit) const;
  // The tenant that a run belongs to.
  std::optional<TenantId> tenant_of(RunId run) const;
  std::optional<std::int64_t> last_checkpoint() const;
  std::int64_t size() const;  // durable events

 private:
  struct Tables {
    std::map<RunId, std::vector<std::int64_t>> runs;
    std::map<CorrelationId, std::vector<std::int64_t>> correlations;
    std::map<TenantId, std::map<std::int64_t, RunId>> by_tenant;
    std::map<RunId, TenantId> tenants;
    std::optional<std::int64_t> checkpoint;
    std::int64_t size = 0;
  };
  Mutex<Tables> tables_;
};

}  // namespace tally::ledger
