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

  void later(std::function<void()> task) {
    if (options.later) {
      options.later(std::move(task));
    } else {
      task();
    }
  }
};

}  // namespace tally::api
