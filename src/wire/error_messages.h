#pragma once

// Errors as the evidence plane shows them. No product or operations answer carries one.

#include "wire/shape.h"

namespace tally::wire {

inline constexpr std::int64_t kErrorsPerPageMax = 1000;
inline constexpr std::int64_t kComponentCharactersMax = 64;
// By what a list may be narrowed: a family, or a class.
inline constexpr auto kErrorClassWords = [] {
  std::array<std::string_view, 3 + kWords<ErrorClass>.size()> words{"infra", "domain", "system"};
  for (std::size_t i = 0; i < kWords<ErrorClass>.size(); ++i) words[3 + i] = kWords<ErrorClass>[i];
  return words;
}();

struct ErrorCause {
  std::string type;
  std::string message;
  bool operator==(ErrorCause const&) const = default;
  static constexpr std::string_view kName = "ErrorCause";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("type", self.type);
    visit("message", self.message, Rule{.says = "redacted, at most 200 bytes"});
  }
};

struct ErrorEnvelope {
  std::string error_id;
  Instant timestamp;
  std::string layer;
  std::string component;
  std::string error_class;
  std::string severity;
  std::string message;
  std::optional<CorrelationId> correlation_id;
  std::optional<std::string> span_id;
  std::optional<std::string> parent_span_id;
  std::optional<Instant> started_at;
  std::optional<DecisionId> decision_id;
  std::optional<RunId> run_id;
  std::optional<std::string> agent_id;
  std::optional<TenantId> tenant_id;
  std::optional<std::string> input_hash;
  std::string exception_type;
  std::vector<ErrorCause> exception_chain;
  Labels context;
  std::int64_t seq = 0;
  bool operator==(ErrorEnvelope const&) const = default;
  static constexpr std::string_view kName = "ErrorEnvelope";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("error_id", self.error_id, Rule{.says = "err_ and 12 hex"});
    visit("timestamp", self.timestamp);
    visit("layer", self.layer, Rule{.one_of = kWords<Layer>});
    visit("component", self.component);
    visit("error_class", self.error_class, Rule{.says = "infra.*, domain.* or system.*"});
    visit("severity", self.severity, Rule{.one_of = kWords<Severity>});
    visit("message", self.message);
    visit("correlation_id", self.correlation_id, Rule{.null_when_none = true});
    visit("span_id", self.span_id);
    visit("parent_span_id", self.parent_span_id);
    visit("started_at", self.started_at);
    visit("decision_id", self.decision_id, Rule{.null_when_none = true});
    visit("run_id", self.run_id, Rule{.null_when_none = true});
    visit("agent_id", self.agent_id, Rule{.null_when_none = true});
    visit("tenant_id", self.tenant_id, Rule{.null_when_none = true});
    visit("input_hash", self.input_hash,
          Rule{.null_when_none = true, .says = "16 hex of a salted SHA-256, never the input"});
    visit("exception_type", self.exception_type);
    visit("exception_chain", self.exception_chain, Rule{.says = "at most 5, outermost first"});
    visit("context", self.context);
    visit("seq", self.seq, Rule{.says = "the ledger's event that records it: its proof"});
  }
};

// How far behind the ledger an answer is that was not read from the ledger itself.
inline constexpr std::array<std::string_view, 3> kHealthOfProjections{"current", "behind",
                                                                      "unknown"};

struct ErrorList {
  std::optional<Instant> as_of;
  std::int64_t as_of_seq = 0;
  std::int64_t complete_from = 0;
  std::vector<ErrorEnvelope> errors;
  std::string health;
  std::int64_t lag_events = 0;
  std::optional<std::int64_t> next;
  bool operator==(ErrorList const&) const = default;
  static constexpr std::string_view kName = "ErrorList";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("as_of", self.as_of,
          Rule{.null_when_none = true, .says = "when the last event that was read was recorded"});
    visit("as_of_seq", self.as_of_seq, Rule{.says = "the first so many events were read"});
    visit("complete_from", self.complete_from,
          Rule{.says = "errors of events before this one are not listed any more; 0: all are"});
    visit("errors", self.errors, Rule{.says = "newest first"});
    visit("health", self.health,
          Rule{.one_of = kHealthOfProjections,
               .says = "behind: the list lacks what was recorded lately; unknown: it cannot be "
                       "brought up to date"});
    visit("lag_events", self.lag_events, Rule{.says = "recorded events that were not read yet"});
    visit("next", self.next, Rule{.null_when_none = true, .says = "`before` of the next page"});
  }
};

}  // namespace tally::wire
