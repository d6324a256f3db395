#include "domain/run/history.h"

namespace tally::domain::run {

Row begin(Header const& header, Submitted const& event) {
  TALLY_CHECK(header.tenant.has_value(), "a run is somebody's");
  Row row;
  row.attempts_max = event.terms.attempts_max;
  row.correlation = header.correlation;
  row.created_at = header.at;
  row.hold = event.hold;
  row.job = event.job;
  row.job_hash = event.terms.hash;
  row.key = event.key;
  row.parent = event.parent;
  row.price = event.terms.price;
  row.queue_deadline = event.queue_deadline;
  row.queue_wait = event.terms.queue_deadline;
  row.reason = "submitted";
  row.runner = event.terms.runner;
  row.submit_seq = header.seq;
  row.tenant = *header.tenant;
  row.timeout = event.terms.timeout;
  return row;
}

void advance(Row& row, Header const&, Leased const& event) {
  row.phase = Phase::leased;
  row.attempt = event.attempt;
  row.fence = event.fence;
  row.lease = event.lease;
  row.reason = "leased";
}

void advance(Row& row, Header const& header, Started const&) {
  row.phase = Phase::running;
  row.started_at = header.at;
  row.reason = "started";
}

void advance(Row& row, Header const&, Requeued const& event) {
  row.phase = Phase::queued;
  row.lease.reset();
  row.attempt = event.attempt;
  row.cost_so_far = event.cost_so_far;
  row.queue_deadline = event.queue_deadline;
  row.reason = event.reason;
}

void advance(Row& row, Header const&, Reconciling const& event) {
  row.phase = Phase::reconciling;
  row.lease.reset();
  row.reason = event.reason;
}

void advance(Row& row, Header const&, CancelRequested const&) { row.cancel_requested = true; }

void advance(Row& row, Header const& header, Settled const& event) {
  row.phase = event.phase;
  row.charge = event.charge;
  row.error_code = event.error_code;
  row.error_detail = event.error_detail;
  row.finished_at = header.at;
  row.reason = event.reason;
  row.sandbox = event.sandbox;
  if (!event.result) return;
  row.result = event.result;
  row.result_seq = header.seq;
}

void advance(Row& row, Header const& header, AuditRequired const& event) {
  row.phase = Phase::audit_required;  // the lease stays, so that a repeated report is known
  row.reason = event.reason;
  if (!event.result) return;
  row.result = event.result;
  row.result_seq = header.seq;
}

namespace {

// A refused submit concerns no run.
void advance(Row&, Header const&, Refused const&) {}
void advance(Row& row, Header const& header, Submitted const& event) { row = begin(header, event); }

}  // namespace

void advance(std::optional<Row>& row, Header const& header, Event const& event) {
  auto const* group = std::get_if<RunEvent>(&event);
  if (group == nullptr) return;
  if (auto const* submitted = std::get_if<Submitted>(group)) row = begin(header, *submitted);
  if (!row) return;
  std::visit([&](auto const& one) { advance(*row, header, one); }, *group);
}

}  // namespace tally::domain::run
