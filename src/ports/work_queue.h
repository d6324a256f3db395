#pragma once

// What a worker may ask and tell. In-process workers get it from server/wiring, remote ones over
// HTTP (`/v1/work/*`); both end in the same commands. A worker decides nothing: it reports facts.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"

namespace tally::ports {

struct WorkItem {
  LeaseId lease;
  std::uint64_t fence = 0;
  RunId run;
  TenantId tenant;
  JobName job;
  Digest job_hash;         // of the job's folder; the worker refuses another
  std::string input_json;  // canonical
  Duration timeout;
  std::uint32_t attempt = 1;
  std::string traceparent;
  std::optional<Duration> cost_limit = {};  // how long its hold lasts; none: the price has no rate
};

// What a finished execution left behind, read back from disk by the worker that wrote it.
struct WorkReceipt {
  std::string result_json;         // the result document, byte for byte as the work wrote it
  std::optional<Micros> reported;  // cost that the work itself reported
  Duration elapsed;
  std::string sandbox;      // level reached, e.g. "bubblewrap" or "rlimit"
  bool rounded_up = false;  // what was reported had a part below a micro
};

struct WorkFailure {
  std::string code;    // e.g. "exit_nonzero", "timeout", "cost_limit", "sandbox_failed"
  std::string detail;  // sanitised, at most 200 characters
  bool retry = false;
  std::optional<Micros> reported;
  Duration elapsed;
  std::string sandbox;
  bool rounded_up = false;
  // The end of what it wrote there, redacted, at most kStderrTailBytesMax.
  std::string stderr_tail = {};
};

// What is kept of an attempt's stderr.
inline constexpr std::size_t kStderrTailBytesMax = 8 * 1024;

// Go on, or why the work must stop; `lost`: somebody else may have it by now, report nothing.
enum class HeartbeatAnswer { go_on, cancelled, cost_limit, stopped, timeout, lost };

// What a worker finds in work/<run>/<fence>/ when asked to reconcile.
enum class ReceiptState { none, valid, damaged };
struct ReconcileEvidence {
  ReceiptState state = ReceiptState::none;
  bool has_result = false;
  std::optional<WorkReceipt> receipt;
};

// Asynchronous: each call returns at once, `done` comes later from any thread, after the decision
// is durable. Errors: "lease_lost", "halted", "overloaded", "outcome_unknown".
class WorkQueue {
 public:
  virtual ~WorkQueue() = default;
  // Up to `max` items; waits up to `wait` for the first, then answers an empty list.
  virtual void lease(std::vector<JobName> jobs, std::uint32_t max, Duration wait,
                     std::function<void(Result<std::vector<WorkItem>>)> done) = 0;
  virtual void start(LeaseId lease, std::uint64_t fence,
                     std::function<void(Result<void>)> done) = 0;
  virtual void heartbeat(LeaseId lease, std::uint64_t fence,
                         std::function<void(HeartbeatAnswer)> done) = 0;
  virtual void complete(LeaseId lease, std::uint64_t fence, WorkReceipt receipt,
                        std::function<void(Result<void>)> done) = 0;
  virtual void fail(LeaseId lease, std::uint64_t fence, WorkFailure failure,
                    std::function<void(Result<void>)> done) = 0;
  virtual void reconcile(RunId run, std::uint64_t fence, ReconcileEvidence evidence,
                         std::function<void(Result<void>)> done) = 0;
};

}  // namespace tally::ports
