#include "views/work_view.h"

namespace tally::views {

wire::WorkItem work_view(LeasedRun leased) {
  auto const& row = leased.row;
  return {.lease_id = row.lease.value_or(LeaseId()),
          .fence = row.fence,
          .run_id = leased.run,
          .job = row.job,
          .job_hash = row.job_hash,
          .input = std::move(leased.input),
          .timeout_s = row.timeout.value() / 1'000'000,
          .attempt = row.attempt,
          .traceparent = std::move(leased.traceparent),
          .expires_at = leased.expires_at};
}

}  // namespace tally::views
