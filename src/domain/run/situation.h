#pragma once

// Of a run's row what decisions about the run ask, and with that what their snapshots repeat: a row
// says twice as much.

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
  bool operator==(Situation const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("attempt", self.attempt);
    visit("attempts_max", self.attempts_max);
    visit("cancel_requested", self.cancel_requested);
    visit("cost_limit_at", self.cost_limit_at);
    visit("cost_so_far", self.cost_so_far);
    visit("error_code", self.error_code);
    visit("fence", self.fence);
    visit("hold", self.hold);
    visit("lease", self.lease);
    visit("phase", self.phase);
    visit("price", self.price);
    visit("queue_deadline", self.queue_deadline);
    visit("queue_wait", self.queue_wait);
    visit("reason", self.reason);
    visit("result_digest", self.result_digest);
    visit("returns", self.returns);
    visit("run_ends_at", self.run_ends_at);
    visit("runner", self.runner);
    visit("stop_requested", self.stop_requested);
    visit("tenant", self.tenant);
    visit("timeout", self.timeout);
  }
};

Situation situation_of(Row const& row);

}  // namespace tally::domain::run
