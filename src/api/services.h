#pragma once

// What handlers work with: the parts that outlive the Api by reference, and the Api's own by value.
// There is one for each Api, and any thread may use any part.

#include <atomic>

#include "api/made_once.h"
#include "api/options.h"
#include "api/payloads.h"
#include "api/rate_limit.h"
#include "api/refusals.h"
#include "api/work_polls.h"
#include "api/work_waits.h"
#include "ledger/loop.h"
#include "ledger/reader.h"
#include "metrics/registry.h"
#include "ports/executor.h"
#include "views/problem_view.h"
#include "wire/run_messages.h"

namespace tally::api {

using ports::TaskLane;

struct Services {
  ledger::Loop& loop;
  ledger::Reader const& reader;
  ports::Clock& clock;
  ports::Entropy& entropy;
  ports::Executor& executor;
  Options options;
  views::ProblemTypes types;
  Payloads payloads;
  RateLimiter rates;
  Refusals refusals;
  metrics::Registry metrics;
  WorkWaits waits;
  WorkPolls polls;
  // What tally_runs_without_worker says.
  Mutex<std::map<std::pair<JobName, TenantId>, std::int64_t>> unserved;
  MadeOnce openapi = {};                 // the document as JSON
  MadeOnce docs = {};                    // and as a page
  std::atomic<bool> reads_tree = false;  // slice by slice, see ledger_handlers.cc
};

}  // namespace tally::api
