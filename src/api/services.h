#pragma once

// What handlers work with. One for each Api; every part may be used from any thread.

#include "api/metrics.h"
#include "api/options.h"
#include "api/payloads.h"
#include "api/rate_limit.h"
#include "api/refusals.h"
#include "api/work_waits.h"
#include "ledger/loop.h"
#include "ledger/reader.h"
#include "views/problem_view.h"

namespace tally::api {

// The runs of leases that were handed out lately, for reports that the loop answers without a row
// because they change nothing.
class RecentLeases {
 public:
  static constexpr std::size_t kMax = 65'536;
  void remember(LeaseId lease, RunId run);
  std::optional<RunId> run_of(LeaseId lease) const;

 private:
  struct Tables {
    std::map<LeaseId, RunId> runs;
    std::deque<LeaseId> order;
  };
  Mutex<Tables> tables_;
};

struct Services {
  ledger::Loop& loop;
  ledger::Reader const& reader;
  ports::Clock& clock;
  ports::Entropy& entropy;
  Options options;
  views::ProblemTypes types;
  Payloads payloads;
  RateLimiter rates;
  RateLimiter strangers;  // failed authentications, by peer
  Refusals refusals;
  Metrics metrics;
  WorkWaits waits;
  RecentLeases leases;

  void later(std::function<void()> task) {
    if (options.later) {
      options.later(std::move(task));
    } else {
      task();
    }
  }
};

}  // namespace tally::api
