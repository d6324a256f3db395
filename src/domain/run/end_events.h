#pragma once

// How runs end: the events that post their money, or that leave the cost to people.

#include "domain/fields.h"
#include "domain/kinds.h"
#include "domain/run/row.h"

namespace tally::domain::run {

// run.settled: posts the money and ends the run, in one record.
struct Settled {
  static constexpr EventType kEvent{"run.settled"};
  Charge charge;
  bool cost_rounded_up = false;  // to a micro
  std::string error_code;
  std::string error_detail;
  bool lost = false;            // as in Requeued
  Phase phase = Phase::failed;  // a final one
  Postings postings;
  std::string reason;
  std::optional<Document> result;
  RunId run;
  std::string sandbox;
  std::optional<Document> stderr_tail;  // of an attempt that failed
  TALLY_FIELDS(Settled, charge, cost_rounded_up, error_code, error_detail, lost, phase, postings,
               reason, result, run, sandbox, stderr_tail);
};

// run.audit_required: nobody may guess what this cost. CRITICAL.
struct AuditRequired {
  static constexpr EventType kEvent{"run.audit_required", 2};
  std::optional<Micros> claimed;  // the cost that nobody believes, in all
  std::string detail;             // what the worker said of it
  std::string reason;
  std::string reconcile_type;  // "no_receipt_audit" and its kin
  std::optional<Document> result;
  RunId run;
  std::optional<Document> stderr_tail;  // of an attempt that failed
  TALLY_FIELDS(AuditRequired, claimed, detail, reason, reconcile_type, result, run, stderr_tail);
};

// run.unaccounted: a lost lease said what it spent. Its report is refused and changes nothing else.
// ERROR.
struct Unaccounted {
  static constexpr EventType kEvent{"run.unaccounted"};
  Micros amount;  // of this report
  std::int64_t fence = 0;
  LeaseId lease;
  RunId run;
  Micros unaccounted;  // of the run, in all
  TALLY_FIELDS(Unaccounted, amount, fence, lease, run, unaccounted);
};

}  // namespace tally::domain::run
