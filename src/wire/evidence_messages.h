#pragma once

// Evidence: events as they stand in the ledger, and whether the server is fit.

#include "wire/admin_messages.h"
#include "wire/problem.h"

namespace tally::wire {

inline constexpr std::int64_t kEventsPerPageMax = 1000;

struct EventItem {
  std::int64_t seq = 0;
  Digest leaf_sha256;
  json::Value event;
  bool operator==(EventItem const&) const = default;
  static constexpr std::string_view kName = "EventItem";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("seq", self.seq);
    visit("leaf_sha256", self.leaf_sha256, Rule{.says = "RFC 6962: SHA-256(0x00 || leaf)"});
    visit("event", self.event, Rule{.says = "its canonical form (RFC 8785) is the leaf"});
  }
};

struct EventList {
  std::vector<EventItem> events;
  std::optional<std::int64_t> next;
  std::int64_t size = 0;
  bool operator==(EventList const&) const = default;
  static constexpr std::string_view kName = "EventList";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("events", self.events);
    visit("next", self.next, Rule{.null_when_none = true, .says = "`from` of the next page"});
    visit("size", self.size, Rule{.says = "durable events in the ledger"});
  }
};

struct DecisionEvidence {
  DecisionId decision_id;
  std::vector<EventItem> events;
  bool operator==(DecisionEvidence const&) const = default;
  static constexpr std::string_view kName = "DecisionEvidence";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("decision_id", self.decision_id);
    visit("events", self.events, Rule{.says = "the first carries the decision's snapshot"});
  }
};

struct Timeline {
  CorrelationId correlation_id;
  std::vector<EventItem> events;
  std::optional<std::int64_t> next;  // for `from`, where there are more
  bool truncated = false;
  bool operator==(Timeline const&) const = default;
  static constexpr std::string_view kName = "Timeline";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("correlation_id", self.correlation_id);
    visit("events", self.events);
    visit("next", self.next, Rule{.null_when_none = true, .says = "`from` of the next page"});
    visit("truncated", self.truncated);
  }
};

struct Health {
  std::string status;
  bool operator==(Health const&) const = default;
  static constexpr std::string_view kName = "Health";
  static constexpr std::array<std::string_view, 1> kStatuses{"healthy"};
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("status", self.status, Rule{.one_of = kStatuses});
  }
};

// `degraded`: it works, and somebody should look at it; `detail` says why.
struct Dependency {
  std::string name;
  bool ready = false;
  bool degraded = false;
  std::optional<std::string> detail;
  bool operator==(Dependency const&) const = default;
  static constexpr std::string_view kName = "Dependency";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("name", self.name);
    visit("ready", self.ready);
    visit("degraded", self.degraded);
    visit("detail", self.detail);
  }
};

struct Readiness {
  bool ready = false;
  bool degraded = false;
  std::vector<Dependency> dependencies;
  std::vector<PendingSetting> pending_settings = {};
  bool operator==(Readiness const&) const = default;
  static constexpr std::string_view kName = "Readiness";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("ready", self.ready);
    visit("degraded", self.degraded);
    visit("dependencies", self.dependencies);
    visit("pending_settings", self.pending_settings,
          Rule{.optional = true,
               .says = "what the configuration file asks for and people have not agreed to"});
  }
};

// What a server that is not ready answers: a problem that names each dependency besides.
struct NotReady {
  Problem problem;
  Readiness readiness;
  bool operator==(NotReady const&) const = default;
  static constexpr std::string_view kName = "NotReady";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("problem", self.problem, Rule{.part_of_parent = true});
    visit("readiness", self.readiness, Rule{.part_of_parent = true});
  }
};

}  // namespace tally::wire
