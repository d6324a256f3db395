#pragma once

// What the run engine's decisions need to know, and nothing else.

#include "domain/approvers.h"
#include "domain/mode/engine.h"
#include "domain/run/command.h"
#include "domain/run/situation.h"

namespace tally::domain::run {

struct SubmitFacts {
  Balances balances;
  std::optional<Terms> job;
  RunId next_run;
  std::optional<bool> parent_live;  // of the tenant's own; none when no parent is named
  std::int64_t runs_live = 0;       // all tenants
  std::int64_t runs_live_max = 0;
  Instant work_at;
  bool operator==(SubmitFacts const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("balances", self.balances);
    visit("job", self.job);
    visit("next_run", self.next_run);
    visit("parent_live", self.parent_live);
    visit("runs_live", self.runs_live);
    visit("runs_live_max", self.runs_live_max);
    visit("work_at", self.work_at);
  }
};

// The run that is next in turn for this worker: round robin over tenants, then by age.
struct Candidate {
  std::int64_t attempt = 0;  // that the lease will be
  std::int64_t fence = 0;
  RunId run;
  TenantId tenant;
  bool operator==(Candidate const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("attempt", self.attempt);
    visit("fence", self.fence);
    visit("run", self.run);
    visit("tenant", self.tenant);
  }
};

struct LeaseFacts {
  std::optional<Candidate> candidate;
  Duration lease_period;
  LeaseId next_lease;
  bool operator==(LeaseFacts const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("candidate", self.candidate);
    visit("lease_period", self.lease_period);
    visit("next_lease", self.next_lease);
  }
};

// What the plan says of costs above a hold, where it says more than `count`.
struct OverrunTerms {
  std::optional<mode::WorkClock> alarm;  // where the rule takes the tenant to safe mode: as below
  std::optional<Micros> believed_max;
  OverrunRule rule = OverrunRule::count;
  bool operator==(OverrunTerms const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("alarm", self.alarm);
    visit("believed_max", self.believed_max);
    visit("rule", self.rule);
  }
};

// Everything else is about one run; where it stands is absent when there is none (or it is another
// tenant's, which is the same to the caller).
struct RunFacts {
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
  bool operator==(RunFacts const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("alarm", self.alarm);
    visit("approvers", self.approvers);
    visit("balances", self.balances);
    visit("halted", self.halted);
    visit("lease_expired", self.lease_expired);
    visit("overrun", self.overrun);
    visit("run", self.run);
    visit("situation", self.situation);
    visit("unaccounted", self.unaccounted);
    visit("work_at", self.work_at);
  }
};

}  // namespace tally::domain::run
