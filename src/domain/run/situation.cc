#include "domain/run/situation.h"

namespace tally::domain::run {

Situation situation_of(Row const& row) {
  Situation situation;
  situation.attempt = row.attempt;
  situation.attempts_max = row.attempts_max;
  situation.cancel_requested = row.cancel_requested;
  situation.cost_limit_at = row.cost_limit_at;
  situation.cost_so_far = row.cost_so_far;
  situation.error_code = row.error_code;
  situation.fence = row.fence;
  situation.hold = row.hold.amount;
  situation.lease = row.lease;
  situation.phase = row.phase;
  situation.price = row.price;
  situation.queue_deadline = row.queue_deadline;
  situation.queue_wait = row.queue_wait;
  situation.reason = row.reason;
  if (row.result) situation.result_digest = row.result->digest;
  situation.returns = row.returns;
  situation.run_ends_at = row.run_ends_at;
  situation.runner = row.runner;
  situation.stop_requested = row.stop_requested;
  situation.tenant = row.tenant;
  situation.timeout = row.timeout;
  return situation;
}

}  // namespace tally::domain::run
