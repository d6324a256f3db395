#pragma once

// What the run engine's decisions need to know, and nothing else.

#include "domain/mode/engine.h"
#include "domain/run/command.h"
#include "domain/run/situation.h"

namespace tally::domain::run {

// An earlier answer under the same idempotency key.
struct Known {
  Digest fingerprint;
  std::int64_t seq = 0;  // event that answered
  bool operator==(Known const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("fingerprint", self.fingerprint);
    visit("seq", self.seq);
  }
};

struct SubmitFacts {
  Balances balances;
  Instant idempotency_expires_at;  // if this submit answers under the key
  std::optional<Terms> job;
  std::optional<Known> known;
  RunId next_run;
  std::optional<bool> parent_live;  // of the tenant's own; none when no parent is named
  std::int64_t runs_live = 0;       // all tenants
  std::int64_t runs_live_max = 0;
  Instant work_at;
  bool operator==(SubmitFacts const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("balances", self.balances);
    visit("idempotency_expires_at", self.idempotency_expires_at);
    visit("job", self.job);
    visit("known", self.known);
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

// Everything else is about one run; where it stands is absent when there is none (or it is another
// tenant's, which is the same to the caller).
struct RunFacts {
  // For what may end in an audit, when one more puts the run's tenant into safe mode: the clock
  // that mode.changed states.
  std::optional<mode::WorkClock> alarm;
  Balances balances;
  std::optional<mode::Mode> halted;  // mode in force on the run's own scopes when it forbids
  bool lease_expired = false;        // by the liveness table, for Due
  std::int64_t people = 0;           // who may approve; this and the next two for a proposal
  std::int64_t quorum = 0;
  ApprovalId next_approval;
  std::optional<RunId> run;
  std::optional<Situation> situation;
  Instant work_at;
  bool operator==(RunFacts const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("alarm", self.alarm);
    visit("balances", self.balances);
    visit("halted", self.halted);
    visit("lease_expired", self.lease_expired);
    visit("next_approval", self.next_approval);
    visit("people", self.people);
    visit("quorum", self.quorum);
    visit("run", self.run);
    visit("situation", self.situation);
    visit("work_at", self.work_at);
  }
};

}  // namespace tally::domain::run
