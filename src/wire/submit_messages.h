#pragma once

// Submitting a run: what is asked, and the answer, first or replayed.

#include "wire/shape.h"

namespace tally::wire {

inline constexpr std::int64_t kLabelsMax = 16;
inline constexpr std::int64_t kLabelKeyCharactersMax = 64;
inline constexpr std::int64_t kLabelValueCharactersMax = 256;
inline constexpr std::int64_t kTimeoutSecondsMax = 86'400;

struct SubmitRequest {
  JobName job;
  json::Value input;
  Micros max_cost_usd;
  std::optional<std::int64_t> timeout_s;
  Labels labels;
  std::optional<RunId> parent_run_id;
  bool operator==(SubmitRequest const&) const = default;
  static constexpr std::string_view kName = "SubmitRequest";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("job", self.job);
    visit("input", self.input);
    visit("max_cost_usd", self.max_cost_usd);
    visit("timeout_s", self.timeout_s, Rule{.min = 1, .max = kTimeoutSecondsMax});
    visit("labels", self.labels,
          Rule{.optional = true,
               .min = 0,
               .max = kLabelsMax,
               .key_max = kLabelKeyCharactersMax,
               .value_max = kLabelValueCharactersMax});
    visit("parent_run_id", self.parent_run_id);
  }
};

// Where the event stands that this answer rests on.
struct Evidence {
  LedgerId ledger;
  std::int64_t seq = 0;
  std::optional<std::int64_t> tenant_seq;
  Digest leaf_sha256;
  bool operator==(Evidence const&) const = default;
  static constexpr std::string_view kName = "Evidence";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("ledger", self.ledger);
    visit("seq", self.seq, Rule{.says = "index of the leaf, from 0"});
    visit("tenant_seq", self.tenant_seq);
    visit("leaf_sha256", self.leaf_sha256);
  }
};

struct Balance {
  Micros available_usd;
  Micros held_usd;
  Micros spent_usd;
  bool operator==(Balance const&) const = default;
  static constexpr std::string_view kName = "Balance";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("available_usd", self.available_usd);
    visit("held_usd", self.held_usd);
    visit("spent_usd", self.spent_usd);
  }
};

struct RunLinks {
  std::string self_path;
  std::string result;
  bool operator==(RunLinks const&) const = default;
  static constexpr std::string_view kName = "RunLinks";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("self", self.self_path);
    visit("result", self.result);
  }
};

struct HeldCost {
  Micros held_usd;
  bool operator==(HeldCost const&) const = default;
  static constexpr std::string_view kName = "HeldCost";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("held_usd", self.held_usd);
  }
};

// The answer to a submit, first or replayed.
struct SubmitAnswer {
  RunId run_id;
  std::string status;
  JobName job;
  HeldCost cost;
  Balance budget;
  RunLinks links;
  Evidence evidence;
  CorrelationId correlation_id;
  bool idempotent_replay = false;
  bool operator==(SubmitAnswer const&) const = default;
  static constexpr std::string_view kName = "SubmitAnswer";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("run_id", self.run_id);
    visit("status", self.status, Rule{.one_of = kWords<RunStatus>});
    visit("job", self.job);
    visit("cost", self.cost);
    visit("budget", self.budget);
    visit("links", self.links);
    visit("evidence", self.evidence);
    visit("correlation_id", self.correlation_id);
    visit("idempotent_replay", self.idempotent_replay);
  }
};

}  // namespace tally::wire
