#pragma once

// Why something is as it is: what was asked, what was decided and by which rule and numbers, what
// it cost, what would change it, and the commands that prove it.

#include "wire/run_messages.h"

namespace tally::wire {

inline constexpr std::size_t kWhyDecisionsMax = 200;

struct WhyDecision {
  Instant at;
  std::int64_t seq = 0;
  std::optional<DecisionId> decision_id;
  std::string engine;
  std::string command;
  std::vector<std::string> events;
  std::string actor;
  std::string rule;
  std::map<std::string, std::string> numbers;
  bool operator==(WhyDecision const&) const = default;
  static constexpr std::string_view kName = "WhyDecision";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("at", self.at);
    visit("seq", self.seq, Rule{.says = "of its first event"});
    visit("decision_id", self.decision_id);
    visit("engine", self.engine);
    visit("command", self.command);
    visit("events", self.events);
    visit("actor", self.actor);
    visit("rule", self.rule, Rule{.says = "what was decided, and why, in a sentence"});
    visit("numbers", self.numbers, Rule{.says = "what the decision saw and what it came to"});
  }
};

struct Why {
  std::string subject;
  std::string kind;
  std::optional<RunId> run_id;
  std::string status;
  std::string asked;
  std::vector<WhyDecision> decisions;
  bool truncated = false;
  std::string cost;
  std::vector<std::string> would_change;
  std::vector<std::string> proof;
  bool operator==(Why const&) const = default;
  static constexpr std::string_view kName = "Why";
  static constexpr std::array<std::string_view, 6> kKinds{"run", "decision",        "correlation",
                                                          "key", "idempotency_key", "error"};
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("subject", self.subject);
    visit("kind", self.kind, Rule{.one_of = kKinds});
    visit("run_id", self.run_id);
    visit("status", self.status,
          Rule{.says =
                   "of the run; refused where there is none because of a refusal; else recorded"});
    visit("asked", self.asked);
    visit("decisions", self.decisions, Rule{.says = "in order"});
    visit("truncated", self.truncated, Rule{.says = "there are more decisions than these"});
    visit("cost", self.cost);
    visit("would_change", self.would_change);
    visit("proof", self.proof, Rule{.says = "commands on a copy of the data directory"});
  }
};

}  // namespace tally::wire
