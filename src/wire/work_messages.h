#pragma once

// Work: how a worker anywhere leases, executes and reports.

#include "wire/run_messages.h"

namespace tally::wire {

inline constexpr std::int64_t kLeaseJobsMax = 64;
inline constexpr std::int64_t kLeaseRunsMax = 100;
inline constexpr std::int64_t kLeaseWaitSecondsMax = 30;
inline constexpr std::int64_t kWorkCodeCharactersMax = 64;
inline constexpr std::int64_t kWorkDetailCharactersMax = 200;
inline constexpr std::int64_t kStderrTailCharactersMax = 16'384;

struct LeaseRequest {
  std::vector<JobName> jobs;
  std::int64_t max = 1;
  std::int64_t wait_s = 0;
  bool operator==(LeaseRequest const&) const = default;
  static constexpr std::string_view kName = "LeaseRequest";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("jobs", self.jobs, Rule{.min = 1, .max = kLeaseJobsMax});
    visit("max", self.max, Rule{.optional = true, .min = 1, .max = kLeaseRunsMax});
    visit("wait_s", self.wait_s, Rule{.optional = true, .min = 0, .max = kLeaseWaitSecondsMax});
  }
};

struct WorkItem {
  LeaseId lease_id;
  std::int64_t fence = 0;
  RunId run_id;
  JobName job;
  ContentRef job_hash;
  json::Value input;
  std::int64_t timeout_s = 0;
  std::int64_t attempt = 1;
  std::string traceparent;
  Instant expires_at;
  std::int64_t remaining_ms = 0;
  Instant run_ends_at;
  std::optional<Instant> cost_limit_at;
  bool operator==(WorkItem const&) const = default;
  static constexpr std::string_view kName = "WorkItem";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("lease_id", self.lease_id);
    visit("fence", self.fence, Rule{.says = "goes with every report about this lease"});
    visit("run_id", self.run_id);
    visit("job", self.job);
    visit("job_hash", self.job_hash);
    visit("input", self.input);
    visit("timeout_s", self.timeout_s);
    visit("attempt", self.attempt);
    visit("traceparent", self.traceparent);
    visit("expires_at", self.expires_at, Rule{.says = "unless a heartbeat comes before"});
    visit("remaining_ms", self.remaining_ms,
          Rule{.says = "how long the work may take, from its start: the sooner of the next two"});
    visit("run_ends_at", self.run_ends_at, Rule{.says = "its time limit, if it started now"});
    visit("cost_limit_at", self.cost_limit_at,
          Rule{.null_when_none = true,
               .says = "when its hold is used up, if it started now; null: its price has no rate"});
  }
};

struct LeaseAnswer {
  std::vector<WorkItem> work;
  bool operator==(LeaseAnswer const&) const = default;
  static constexpr std::string_view kName = "LeaseAnswer";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("work", self.work);
  }
};

// The body of start and of heartbeat.
struct FenceRequest {
  std::int64_t fence = 0;
  bool operator==(FenceRequest const&) const = default;
  static constexpr std::string_view kName = "FenceRequest";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("fence", self.fence, Rule{.min = 0});
  }
};

struct HeartbeatAnswer {
  std::string action;
  std::optional<std::string> reason;
  std::int64_t remaining_ms = 0;
  bool operator==(HeartbeatAnswer const&) const = default;
  static constexpr std::string_view kName = "HeartbeatAnswer";
  static constexpr std::array<std::string_view, 2> kActions{"continue", "stop"};
  static constexpr std::array<std::string_view, 4> kReasons{"cancelled", "cost_limit", "stopped",
                                                            "timeout"};
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("action", self.action, Rule{.one_of = kActions});
    visit("reason", self.reason,
          Rule{.null_when_none = true, .one_of = kReasons, .says = "why to stop; fail with it"});
    visit("remaining_ms", self.remaining_ms, Rule{.says = "until the run's limit"});
  }
};

struct CompleteRequest {
  std::int64_t fence = 0;
  json::Value result;
  std::optional<SaidCost> cost_usd;
  std::optional<std::int64_t> elapsed_ms;
  bool operator==(CompleteRequest const&) const = default;
  static constexpr std::string_view kName = "CompleteRequest";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("fence", self.fence, Rule{.min = 0});
    visit("result", self.result);
    visit("cost_usd", self.cost_usd);
    visit("elapsed_ms", self.elapsed_ms, Rule{.min = 0, .max = kTimeoutSecondsMax * 1000});
  }
};

struct FailRequest {
  std::int64_t fence = 0;
  std::string code;
  std::string detail;
  bool retry = false;
  std::optional<SaidCost> cost_usd;
  std::optional<std::int64_t> elapsed_ms;
  std::string stderr_tail;
  bool operator==(FailRequest const&) const = default;
  static constexpr std::string_view kName = "FailRequest";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("fence", self.fence, Rule{.min = 0});
    visit("code", self.code,
          Rule{.min = 1, .max = kWorkCodeCharactersMax, .says = "a word such as exit_nonzero"});
    visit("detail", self.detail,
          Rule{.optional = true, .min = 0, .max = kWorkDetailCharactersMax, .lines = true});
    visit("retry", self.retry, Rule{.optional = true});
    visit("cost_usd", self.cost_usd);
    visit("elapsed_ms", self.elapsed_ms, Rule{.min = 0, .max = kTimeoutSecondsMax * 1000});
    visit("stderr_tail", self.stderr_tail,
          Rule{.optional = true,
               .min = 0,
               .max = kStderrTailCharactersMax,
               .lines = true,
               .says = "the end of what the work wrote to stderr; kept redacted, 8 KiB of it"});
  }
};

// What the run came to by the report.
struct WorkAnswer {
  RunId run_id;
  std::string status;
  std::optional<Receipt> receipt;
  bool operator==(WorkAnswer const&) const = default;
  static constexpr std::string_view kName = "WorkAnswer";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("run_id", self.run_id);
    visit("status", self.status, Rule{.one_of = kWords<RunStatus>});
    visit("receipt", self.receipt, Rule{.null_when_none = true});
  }
};

}  // namespace tally::wire
