#include "views/run_view.h"

namespace tally::views {

namespace {

wire::RunCost cost_view(domain::run::Row const& row) {
  wire::RunCost cost;
  cost.max_usd = row.hold.amount;
  if (domain::run::is_held(row.phase)) cost.held_usd = row.hold.amount;
  if (row.charge) {
    cost.charged_usd = row.charge->charged;
    cost.released_usd = row.charge->released;
    cost.overrun_usd = row.charge->overrun;
  }
  cost.unaccounted_usd = row.unaccounted;
  return cost;
}

std::optional<wire::Receipt> receipt_of(domain::run::Row const& row) {
  if (!row.charge) return std::nullopt;
  return receipt_view(*row.charge, row.reason, row.cost_rounded_up);
}

}  // namespace

wire::Receipt receipt_view(domain::run::Charge const& charge, std::string reason, bool rounded_up) {
  wire::Receipt receipt;
  receipt.charged_usd = charge.charged;
  receipt.released_usd = charge.released;
  receipt.reason = std::move(reason);
  if (charge.overrun > Micros(0)) {
    receipt.overrun_usd = charge.overrun;
    receipt.paid_usd = charge.paid;
    receipt.owed_usd = charge.owed;
  }
  if (charge.debt_paid > Micros(0)) receipt.debt_paid_usd = charge.debt_paid;
  if (rounded_up) receipt.cost_rounded_up = true;
  return receipt;
}

wire::RunLinks run_links(RunId run) {
  std::string const self = "/v1/runs/" + to_text(run);
  return {.self_path = self, .result = self + "/result"};
}

wire::Run run_view(RunId run, domain::run::Row const& row, RunExtras extras) {
  wire::Run view;
  view.run_id = run;
  view.status = domain::run::status_of(row.phase);
  view.job = row.job;
  view.job_hash = row.job_hash;
  view.attempts = row.attempt;
  view.cost = cost_view(row);
  view.receipt = receipt_of(row);
  view.claimed_usd = row.claimed;
  if (row.result) view.result = {.ref = extras.result_ref, .bytes = row.result->bytes};
  if (!row.error_code.empty())
    view.error = {.code = row.error_code,
                  .detail = row.error_detail,
                  .stderr_tail = std::move(extras.stderr_tail)};
  view.waiting = std::move(extras.waiting);
  if (row.returns > 0) view.returned = {.times = row.returns, .last_reason = row.return_reason};
  view.cancel_requested = row.cancel_requested;
  view.labels = std::move(extras.labels);
  view.parent_run_id = row.parent;
  view.sandbox = row.sandbox;
  view.timeout_s = row.timeout.value() / 1'000'000;
  view.created_at = row.created_at;
  view.started_at = row.started_at;
  view.finished_at = row.finished_at;
  view.links = run_links(run);
  view.evidence = extras.evidence;
  if (row.correlation) view.correlation_id = to_text(*row.correlation);
  return view;
}

wire::WorkAnswer work_answer_view(RunId run, domain::run::Row const& row) {
  return {.run_id = run,
          .status = std::string(domain::run::status_of(row.phase)),
          .receipt = receipt_of(row)};
}

}  // namespace tally::views
