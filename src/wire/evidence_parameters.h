#pragma once

// What stands in paths and queries of the evidence plane; see wire/parameter_messages.h.

#include "wire/error_messages.h"
#include "wire/evidence_messages.h"
#include "wire/parameters.h"

namespace tally::wire {

inline constexpr std::int64_t kQueryTextCharactersMax = 255;
inline constexpr Rule kInPath{.in_path = true};
// A sequence of the ledger.
inline constexpr Rule kSeqRule{.optional = true, .min = 0, .max = json::kIntegerMax};

struct DecisionPath {
  DecisionId id;
  static constexpr std::string_view kNoSuch = "no such decision";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("id", self.id, kInPath);
  }
};

// One of the two.
struct WhyParameters {
  std::optional<std::string> subject;
  std::optional<std::string> idempotency_key;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("subject", self.subject,
          Rule{.max = kQueryTextCharactersMax,
               .says = "the id of a run, decision, error, correlation or key"});
    visit("idempotency_key", self.idempotency_key,
          Rule{.max = kQueryTextCharactersMax, .says = "in place of subject: as it was sent"});
  }
};

// One JSON document a line; the last line says {"end":true}.
inline constexpr std::string_view kLinesMediaType = "application/x-ndjson";

struct EventListParameters {
  std::int64_t from = 0;
  std::optional<std::int64_t> limit;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    Rule from = kSeqRule;
    from.says = "the first sequence; absent: 0";
    visit("from", self.from, from);
    visit("limit", self.limit,
          Rule{.min = 1,
               .max = kEventsPerPageMax,
               .says = "absent: 100 on a page, and all there are in a stream of lines"});
  }
};

struct TimelineParameters {
  CorrelationId correlation_id;
  std::int64_t from = 0;
  static constexpr std::string_view kNoSuch = "no event has this correlation id";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("correlation_id", self.correlation_id, kInPath);
    Rule from = kSeqRule;
    from.says = "`next` of the page before; absent: 0";
    visit("from", self.from, from);
  }
};

struct ErrorListParameters {
  std::optional<std::string> error_class;
  std::optional<std::string> component;
  std::optional<Severity> severity;
  std::optional<Layer> layer;
  std::optional<CorrelationId> correlation_id;
  std::optional<RunId> run_id;
  std::optional<TenantId> tenant;
  std::optional<Instant> from;
  std::optional<Instant> to;
  std::optional<std::int64_t> before;
  std::optional<std::int64_t> after_seq;
  std::int64_t limit = 100;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("class", self.error_class,
          Rule{.one_of = kErrorClassWords, .says = "a class, or a family alone: infra"});
    visit("component", self.component,
          Rule{.min = 1, .max = kComponentCharactersMax, .says = "the part that speaks of it"});
    visit("severity", self.severity, Rule{.says = "the least that is shown"});
    visit("layer", self.layer);
    visit("correlation_id", self.correlation_id);
    visit("run_id", self.run_id);
    visit("tenant", self.tenant, Rule{.says = "another than the key's own needs ops:read"});
    visit("from", self.from, Rule{.says = "recorded at this instant or later"});
    visit("to", self.to, Rule{.says = "recorded before this instant"});
    Rule before = kSeqRule;
    before.says = "`next` of the page before";
    visit("before", self.before, before);
    Rule after = kSeqRule;
    after.says = "wait shortly until this event is listed; absent: the newest";
    visit("after_seq", self.after_seq, after);
    visit("limit", self.limit,
          Rule{.optional = true, .min = 1, .max = kErrorsPerPageMax, .says = "absent: 100"});
  }
};

struct ErrorPath {
  ErrorId id;
  static constexpr std::string_view kNoSuch = "no such error";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("id", self.id, kInPath);
  }
};

struct TilePath {
  std::string path;
  static constexpr std::string_view kNoSuch = "no such tile";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("path", self.path,
          Rule{.in_path = true, .says = "as tlog-tiles has it; its slashes are not escaped"});
  }
};

}  // namespace tally::wire
