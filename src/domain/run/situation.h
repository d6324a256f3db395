#pragma once

// The part of a run's row that decisions about the run read. Their snapshots repeat it, so it holds
// nothing else: the whole row is twice as long.

#include "domain/fields.h"
#include "domain/run/row.h"

namespace tally::domain::run {

struct Situation {
  std::int64_t attempt = 0;
  std::int64_t attempts_max = 1;
  bool cancel_requested = false;
  std::optional<Instant> cost_limit_at;  // work clock, as all instants here
  Micros cost_so_far;
  std::string error_code;
  std::int64_t fence = 0;
  Micros hold;
  std::optional<LeaseId> lease;
  Phase phase = Phase::queued;
  Price price;
  Instant queue_deadline;
  Duration queue_wait;
  std::string reason;
  std::optional<std::string> result_digest;  // hex; if there is a result
  std::int64_t returns = 0;
  std::optional<Instant> run_ends_at;
  Runner runner = Runner::command;
  bool stop_requested = false;
  TenantId tenant;
  Duration timeout;
  TALLY_FIELDS(Situation, attempt, attempts_max, cancel_requested, cost_limit_at, cost_so_far,
               error_code, fence, hold, lease, phase, price, queue_deadline, queue_wait, reason,
               result_digest, returns, run_ends_at, runner, stop_requested, tenant, timeout);
};

Situation situation_of(Row const& row);

}  // namespace tally::domain::run
