#pragma once

// How runs end: the events that post their money, or say that nobody may.

#include "domain/run/row.h"

namespace tally::domain::run {

// run.settled: posts the money and ends the run, in one record.
struct Settled {
  Charge charge;
  bool cost_rounded_up = false;  // to a micro
  std::string error_code;
  std::string error_detail;
  bool lost = false;            // as in Requeued
  Phase phase = Phase::failed;  // a final one
  Postings postings;
  std::string reason;
  std::optional<Enclosure> result;
  RunId run;
  std::string sandbox;
  std::optional<Enclosure> stderr_tail;  // of an attempt that failed
  bool operator==(Settled const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("charge", self.charge);
    visit("cost_rounded_up", self.cost_rounded_up);
    visit("error_code", self.error_code);
    visit("error_detail", self.error_detail);
    visit("lost", self.lost);
    visit("phase", self.phase);
    visit("postings", self.postings);
    visit("reason", self.reason);
    visit("result", self.result);
    visit("run", self.run);
    visit("sandbox", self.sandbox);
    visit("stderr_tail", self.stderr_tail);
  }
};

// run.audit_required: nobody may guess what this cost. CRITICAL.
struct AuditRequired {
  std::optional<Micros> claimed;  // the cost that nobody believes, in all
  std::string reason;
  std::string reconcile_type;  // "no_receipt_audit" and its kin
  std::optional<Enclosure> result;
  RunId run;
  std::optional<Enclosure> stderr_tail;  // of an attempt that failed
  bool operator==(AuditRequired const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("claimed", self.claimed);
    visit("reason", self.reason);
    visit("reconcile_type", self.reconcile_type);
    visit("result", self.result);
    visit("run", self.run);
    visit("stderr_tail", self.stderr_tail);
  }
};

// run.unaccounted: a lost lease said what it spent. Its report is refused and changes nothing else.
// ERROR.
struct Unaccounted {
  Micros amount;  // of this report
  std::int64_t fence = 0;
  LeaseId lease;
  RunId run;
  Micros unaccounted;  // of the run, in all
  bool operator==(Unaccounted const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("amount", self.amount);
    visit("fence", self.fence);
    visit("lease", self.lease);
    visit("run", self.run);
    visit("unaccounted", self.unaccounted);
  }
};

}  // namespace tally::domain::run
