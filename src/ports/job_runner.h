#pragma once

// How a worker executes a job and what it remembers on disk. Real: platform/process_runner and
// platform/file_receipts. Simulated: sim.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/work_queue.h"

namespace tally::ports {

// Who executes a job kind: a command in our sandbox, a remote worker, or the submitter itself.
enum class JobRunnerKind { command, worker, caller };

struct JobPrice {
  bool reported = false;  // the work reports its own cost; the two amounts are then zero
  Micros fixed;
  Micros per_second;  // of execution time
};

// What a failed run still costs: the larger of `floor` and `percent` of the hold, at most `cap`.
struct MinimumFee {
  Micros floor;
  std::uint32_t percent = 0;  // 0 to 100
  Micros cap;
};

struct JobLimits {
  std::uint64_t memory_bytes_max = 0;  // address space of each process
  std::uint32_t cpu_s_max = 0;         // processor time of each process
  std::uint32_t processes_max = 0;     // processes and threads together
  std::uint64_t output_bytes_max = 0;
};

// A job kind as its job.toml describes it; `hash` is of the whole folder.
struct JobSpec {
  JobName name;
  std::string version;
  JobRunnerKind runner = JobRunnerKind::command;
  std::vector<std::string> command;  // relative to the folder; empty unless runner is command
  Duration timeout;
  Duration queue_deadline;
  std::uint32_t retries = 0;
  bool deterministic = false;
  JobPrice price;
  std::optional<MinimumFee> minimum_fee;
  JobLimits limits;
  Digest hash;
};

struct RunRequest {
  RunId run;
  std::uint64_t fence = 0;
  JobName job;
  Digest job_hash;  // the runner executes exactly these bytes or fails with "job_unknown"
  std::string input_json;
  Duration timeout;
  std::string traceparent;                  // empty: none
  std::optional<Duration> cost_limit = {};  // how long its hold lasts; none: the price has no rate
};

using RunResult = std::variant<WorkReceipt, WorkFailure>;

class JobRunner {
 public:
  virtual ~JobRunner() = default;
  // Whether run() would execute exactly these bytes. Error "job_unknown" says why not. May block.
  virtual Result<void> ready(Digest const& job_hash) = 0;
  // Returns at once; `done` is called exactly once, from any thread, when no process of the job
  // is left. Failure codes: "exit_nonzero", "signal", "timeout", "cost_limit", "cancelled",
  // "output_too_large", "disk_limit", "output_not_json", "cost_not_reported" of the work; "killed"
  // (together with the server), "job_unknown", "sandbox_failed", "overloaded" of the server.
  virtual void run(RunRequest request, std::function<void(RunResult)> done) = 0;
  // Stops the job if it still waits or runs; its `done` then says "cancelled". Otherwise nothing.
  virtual void cancel(RunId run, std::uint64_t fence) = 0;
};

struct StoredReceipt {
  ReceiptState state = ReceiptState::none;
  Bytes content;  // empty unless valid
};

// One receipt for each execution, found again after any crash. Calls block; one thread at a time
// for the same execution.
class ReceiptStore {
 public:
  virtual ~ReceiptStore() = default;
  // Durable when it returns; replaces an earlier receipt of the same execution. `content` is
  // UTF-8 text.
  virtual Result<void> write_receipt(RunId run, std::uint64_t fence, ByteView content) = 0;
  // An error says that the medium could not be read, which is neither "none" nor "damaged".
  virtual Result<StoredReceipt> read_receipt(RunId run, std::uint64_t fence) const = 0;
  // What is not there counts as removed.
  virtual Result<void> remove(RunId run, std::uint64_t fence) = 0;
};

}  // namespace tally::ports
