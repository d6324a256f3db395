#pragma once

// What the run engine's decisions need to know, and nothing else.

#include "domain/approvers.h"
#include "domain/fields.h"
#include "domain/kinds.h"
#include "domain/mode/engine.h"
#include "domain/run/command.h"
#include "domain/run/situation.h"

namespace tally::domain::run {

struct SubmitFacts {
  static constexpr std::string_view kKind = "run.submit_facts";
  Balances balances;
  std::optional<Terms> job;
  RunId next_run;
  std::optional<bool> parent_live;  // of the tenant's own; none when no parent is named
  std::int64_t runs_live = 0;       // all tenants
  std::int64_t runs_live_max = 0;
  Instant work_at;
  TALLY_FIELDS(SubmitFacts, balances, job, next_run, parent_live, runs_live, runs_live_max,
               work_at);
};

// The run that is next in turn for this worker: round robin over tenants, then by age.
struct Candidate {
  std::int64_t attempt = 0;  // that the lease will be
  std::int64_t fence = 0;
  RunId run;
  TenantId tenant;
  TALLY_FIELDS(Candidate, attempt, fence, run, tenant);
};

struct LeaseFacts {
  static constexpr std::string_view kKind = "run.lease_facts";
  std::optional<Candidate> candidate;
  Duration lease_period;
  LeaseId next_lease;
  TALLY_FIELDS(LeaseFacts, candidate, lease_period, next_lease);
};

// What the plan says of costs above a hold, where it says more than `count`.
struct OverrunTerms {
  std::optional<mode::WorkClock> alarm;  // where the rule takes the tenant to safe mode: as below
  std::optional<Micros> believed_max;
  OverrunRule rule = OverrunRule::count;
  TALLY_FIELDS(OverrunTerms, alarm, believed_max, rule);
};

// The facts of all commands about one run. `situation` is absent where there is no such run, or it
// is another tenant's, which the caller cannot tell apart.
struct RunFacts {
  static constexpr std::string_view kKind = "run.run_facts";
  // For what may end in an audit, when one more puts the run's tenant into safe mode: the clock
  // that mode.changed states.
  std::optional<mode::WorkClock> alarm;
  std::optional<Approvers> approvers;  // ProposeResolution
  Balances balances;
  std::optional<mode::Standstill> halted;  // the strictest on the run's own scopes, if not normal
  bool lease_expired = false;              // by the liveness table, for Due
  std::optional<OverrunTerms> overrun;
  std::optional<RunId> run;
  std::optional<Situation> situation;
  std::optional<Micros> unaccounted;  // so far, where the report comes from a lost lease
  Instant work_at;
  TALLY_FIELDS(RunFacts, alarm, approvers, balances, halted, lease_expired, overrun, run, situation,
               unaccounted, work_at);
};

}  // namespace tally::domain::run
