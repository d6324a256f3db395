#pragma once

// A run as it is shown, and lists of runs.

#include "wire/submit_messages.h"

namespace tally::wire {

inline constexpr std::int64_t kRunWaitSecondsMax = 60;
inline constexpr std::int64_t kRunsPerPageMax = 200;

struct RunCost {
  Micros max_usd;
  Micros held_usd;
  Micros charged_usd;
  Micros released_usd;
  Micros overrun_usd;
  Micros unaccounted_usd;
  bool operator==(RunCost const&) const = default;
  static constexpr std::string_view kName = "RunCost";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("max_usd", self.max_usd);
    visit("held_usd", self.held_usd);
    visit("charged_usd", self.charged_usd, Rule{.says = "left the hold"});
    visit("released_usd", self.released_usd);
    visit("overrun_usd", self.overrun_usd, Rule{.says = "what the run cost above its hold"});
    visit("unaccounted_usd", self.unaccounted_usd,
          Rule{.says = "reported after its lease had ended: spent, and in no charge"});
  }
};

struct Receipt {
  Micros charged_usd;
  Micros released_usd;
  std::string reason;
  std::optional<Micros> overrun_usd;
  std::optional<Micros> paid_usd;
  std::optional<Micros> owed_usd;
  std::optional<Micros> debt_paid_usd;
  std::optional<bool> cost_rounded_up;
  bool operator==(Receipt const&) const = default;
  static constexpr std::string_view kName = "Receipt";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("charged_usd", self.charged_usd);
    visit("released_usd", self.released_usd);
    visit("reason", self.reason);
    visit("overrun_usd", self.overrun_usd, Rule{.says = "cost above the hold, if any"});
    visit("paid_usd", self.paid_usd, Rule{.says = "of the overrun, out of what was available"});
    visit("owed_usd", self.owed_usd, Rule{.says = "of the overrun, a debt"});
    visit("debt_paid_usd", self.debt_paid_usd,
          Rule{.says = "of what was released, to a debt of earlier runs, if any"});
    visit("cost_rounded_up", self.cost_rounded_up,
          Rule{.says = "true where the reported cost had a part below 0.000001 USD"});
  }
};

struct ResultRef {
  std::optional<ContentRef> ref;  // none: its key was erased, or it stands in a list
  std::int64_t bytes = 0;
  bool operator==(ResultRef const&) const = default;
  static constexpr std::string_view kName = "ResultRef";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("ref", self.ref,
          Rule{.null_when_none = true,
               .says = "SHA-256 of the result; null in a list, and where its key was erased"});
    visit("bytes", self.bytes);
  }
};

struct RunError {
  std::string code;
  std::string detail;
  std::optional<std::string> stderr_tail;
  bool operator==(RunError const&) const = default;
  static constexpr std::string_view kName = "RunError";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("code", self.code);
    visit("detail", self.detail);
    visit("stderr_tail", self.stderr_tail,
          Rule{.null_when_none = true,
               .says = "the end of what the last attempt that failed wrote there, redacted"});
  }
};

// Why a queued run does not run yet.
struct Waiting {
  std::string waits_for;
  Instant since;
  std::string detail;
  bool operator==(Waiting const&) const = default;
  static constexpr std::string_view kName = "Waiting";
  static constexpr std::array<std::string_view, 4> kWaitsFor{"worker", "approval", "mode",
                                                             "budget"};
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("for", self.waits_for, Rule{.one_of = kWaitsFor});
    visit("since", self.since);
    visit("detail", self.detail);
  }
};

// Leases of a run that were given back, or ran out, before its work began.
struct Returns {
  std::int64_t times = 0;
  std::string last_reason;
  bool operator==(Returns const&) const = default;
  static constexpr std::string_view kName = "Returns";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("times", self.times);
    visit("last_reason", self.last_reason);
  }
};

struct Run {
  RunId run_id;
  std::string status;
  JobName job;
  ContentRef job_hash;
  std::int64_t attempts = 0;
  RunCost cost;
  std::optional<Receipt> receipt;
  std::optional<Micros> claimed_usd;
  std::optional<ResultRef> result;
  std::optional<RunError> error;
  std::optional<Waiting> waiting;
  std::optional<Returns> returned;
  bool cancel_requested = false;
  Labels labels;
  std::optional<RunId> parent_run_id;
  std::string sandbox;
  std::int64_t timeout_s = 0;
  Instant created_at;
  std::optional<Instant> started_at;
  std::optional<Instant> finished_at;
  RunLinks links;
  std::optional<Evidence> evidence;
  std::string correlation_id;
  bool operator==(Run const&) const = default;
  static constexpr std::string_view kName = "Run";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("run_id", self.run_id);
    visit("status", self.status, Rule{.one_of = kWords<RunStatus>});
    visit("job", self.job);
    visit("job_hash", self.job_hash);
    visit("attempts", self.attempts);
    visit("cost", self.cost);
    visit("receipt", self.receipt, Rule{.null_when_none = true});
    visit("claimed_usd", self.claimed_usd,
          Rule{.says = "what the work is said to have cost, where nobody believes it"});
    visit("result", self.result, Rule{.null_when_none = true});
    visit("error", self.error, Rule{.null_when_none = true});
    visit("waiting", self.waiting,
          Rule{.null_when_none = true, .says = "what it waits for while it is queued"});
    visit("returned", self.returned,
          Rule{.null_when_none = true,
               .says = "leases given back before the work began; null: none"});
    visit("cancel_requested", self.cancel_requested);
    visit("labels", self.labels);
    visit("parent_run_id", self.parent_run_id);
    visit("sandbox", self.sandbox, Rule{.says = "level that the execution reached, or empty"});
    visit("timeout_s", self.timeout_s);
    visit("created_at", self.created_at);
    visit("started_at", self.started_at);
    visit("finished_at", self.finished_at);
    visit("links", self.links);
    visit("evidence", self.evidence);
    visit("correlation_id", self.correlation_id,
          Rule{.says = "of the request that submitted the run"});
  }
};

struct RunList {
  std::vector<Run> runs;
  std::optional<std::string> next;
  bool operator==(RunList const&) const = default;
  static constexpr std::string_view kName = "RunList";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("runs", self.runs, Rule{.says = "newest first"});
    visit("next", self.next,
          Rule{.null_when_none = true, .says = "cursor of the next page; null: no more"});
  }
};

}  // namespace tally::wire
