#include "views/work_view.h"

#include "domain/run/limits.h"

namespace tally::views {

wire::WorkItem work_view(LeasedRun leased) {
  auto const& row = leased.row;
  auto const affordable = domain::run::time_for(row.price, row.hold.amount, row.cost_so_far);
  auto const time = affordable ? std::min(*affordable, row.timeout) : row.timeout;
  return {
      .lease_id = row.lease.value_or(LeaseId()),
      .fence = row.fence,
      .run_id = leased.run,
      .job = row.job,
      .job_hash = row.job_hash,
      .input = std::move(leased.input),
      .timeout_s = row.timeout.value() / 1'000'000,
      .attempt = row.attempt,
      .traceparent = std::move(leased.traceparent),
      .expires_at = leased.expires_at,
      .remaining_ms = time.value() / 1000,
      .run_ends_at = leased.leased_at + row.timeout,
      .cost_limit_at = affordable ? std::optional(leased.leased_at + *affordable) : std::nullopt};
}

}  // namespace tally::views
