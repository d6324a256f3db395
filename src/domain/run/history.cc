#include "domain/run/history.h"

namespace tally::domain::run {

namespace {

void lose(Row& row) {
  if (!row.lease) return;
  row.lost.push_back({.fence = row.fence, .lease = *row.lease});
  if (row.lost.size() > kLostLeasesMax) row.lost.erase(row.lost.begin());
}

}  // namespace

Row begin(Header const& header, Submitted const& event) {
  TALLY_CHECK(header.tenant.has_value(), "a run is somebody's");
  Row row;
  row.attempts_max = event.terms.attempts_max;
  row.correlation = header.correlation;
  row.created_at = header.at;
  row.hold = event.hold;
  row.job = event.job;
  row.job_hash = event.terms.hash;
  if (event.key != KeyId()) row.key = event.key;
  row.parent = event.parent;
  row.price = event.terms.price;
  row.queue_deadline = event.queue_deadline;
  row.queue_wait = event.terms.queue_deadline;
  row.queued_at = header.at;
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
  row.cost_limit_at.reset();
  row.fence = event.fence;
  row.lease = event.lease;
  row.not_before.reset();
  row.reason = "leased";
  row.run_ends_at.reset();
}

void advance(Row& row, Header const& header, Started const& event) {
  row.phase = Phase::running;
  row.cost_limit_at = event.cost_limit_at;
  row.run_ends_at = event.run_ends_at;
  row.started_at = header.at;
  row.reason = "started";
}

namespace {

void keep_tail(Row& row, Header const& header, std::optional<Document> const& tail) {
  if (!tail) return;
  row.stderr_tail = tail;
  row.stderr_seq = header.seq;
}

}  // namespace

void advance(Row& row, Header const& header, Requeued const& event) {
  row.phase = Phase::queued;
  row.not_before = event.not_before;
  if (event.not_before) row.return_reason = event.detail;
  row.returns = event.returns;
  keep_tail(row, header, event.stderr_tail);
  row.attempt = event.attempt;
  if (event.lost) lose(row);
  row.lease.reset();
  row.cost_so_far = event.cost_so_far;
  row.queue_deadline = event.queue_deadline;
  row.queued_at = header.at;
  row.reason = event.reason;
}

void advance(Row& row, Header const&, Reconciling const& event) {
  row.phase = Phase::reconciling;
  row.lease.reset();
  row.reason = event.reason;
}

void advance(Row& row, Header const&, CancelRequested const&) { row.cancel_requested = true; }
void advance(Row& row, Header const&, StopRequested const&) { row.stop_requested = true; }

void advance(Row& row, Header const& header, Settled const& event) {
  row.phase = event.phase;
  row.charge = event.charge;
  row.cost_rounded_up = event.cost_rounded_up;
  if (event.lost) lose(row);
  row.error_code = event.error_code;
  row.error_detail = event.error_detail;
  row.finished_at = header.at;
  row.reason = event.reason;
  row.sandbox = event.sandbox;
  keep_tail(row, header, event.stderr_tail);
  if (!event.result) return;
  row.result = event.result;
  row.result_seq = header.seq;
}

void advance(Row& row, Header const& header, AuditRequired const& event) {
  row.phase = Phase::audit_required;  // the lease stays, so that a repeated report is known
  row.claimed = event.claimed;
  row.reason = event.reason;
  keep_tail(row, header, event.stderr_tail);
  if (!event.result) return;
  row.result = event.result;
  row.result_seq = header.seq;
}

// Each lost lease is heard once.
void advance(Row& row, Header const&, Unaccounted const& event) {
  std::erase(row.lost, LostLease{.fence = event.fence, .lease = event.lease});
  row.unaccounted = event.unaccounted;
}

namespace {

// A refused submit concerns no run.
void advance(Row&, Header const&, Refused const&) {}
void advance(Row& row, Header const& header, Submitted const& event) { row = begin(header, event); }

}  // namespace

void advance(std::optional<Row>& row, Header const& header, Event const& event) {
  auto const* group = std::get_if<run::Events>(&event);
  if (group == nullptr) return;
  if (auto const* submitted = std::get_if<Submitted>(group)) row = begin(header, *submitted);
  if (!row) return;
  std::visit([&](auto const& one) { advance(*row, header, one); }, *group);
}

}  // namespace tally::domain::run
