#pragma once

// Modes and approvals: stopping, resuming, and the people who decide it.

#include "wire/admin_messages.h"

namespace tally::wire {

inline constexpr std::array<std::string_view, 4> kModeWords{"normal", "safe", "stop", "halt"};

struct ModeRequest {
  std::string mode;
  std::string scope = "everything";
  std::string reason;
  bool operator==(ModeRequest const&) const = default;
  static constexpr std::string_view kName = "ModeRequest";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("mode", self.mode, Rule{.one_of = kModeWords});
    visit("scope", self.scope,
          Rule{.optional = true,
               .min = 1,
               .max = 80,
               .says = "everything, tenant:NAME, job:NAME, key:ID or run:ID"});
    visit("reason", self.reason, Rule{.min = 1, .max = kReasonCharactersMax});
  }
};

struct Mode {
  std::string mode;
  std::string scope;
  std::string reason;
  std::optional<Instant> since;
  std::optional<Instant> safe_until;
  bool operator==(Mode const&) const = default;
  static constexpr std::string_view kName = "Mode";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("mode", self.mode, Rule{.one_of = kModeWords});
    visit("scope", self.scope);
    visit("reason", self.reason);
    visit("since", self.since);
    visit("safe_until", self.safe_until);
  }
};

// `mode` is that of everything; `scopes` lists every scope that has a mode of its own.
struct ModeReport {
  std::string mode;
  std::vector<Mode> scopes;
  bool operator==(ModeReport const&) const = default;
  static constexpr std::string_view kName = "ModeReport";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("mode", self.mode, Rule{.one_of = kModeWords});
    visit("scopes", self.scopes);
  }
};

struct Approval {
  ApprovalId approval_id;
  std::string kind;
  std::string reason;
  PersonId proposer;
  std::vector<PersonId> signers;
  std::int64_t quorum = 2;
  bool single_operator = false;
  Instant expires_at;
  std::optional<RunId> run_id;
  std::optional<Micros> charge_usd;
  std::optional<std::string> mode;
  std::optional<std::string> scope;
  bool operator==(Approval const&) const = default;
  static constexpr std::string_view kName = "Approval";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("approval_id", self.approval_id);
    visit("kind", self.kind);
    visit("reason", self.reason);
    visit("proposer", self.proposer);
    visit("signers", self.signers);
    visit("quorum", self.quorum, Rule{.says = "people in all, the proposer among them"});
    visit("single_operator", self.single_operator);
    visit("expires_at", self.expires_at);
    visit("run_id", self.run_id);
    visit("charge_usd", self.charge_usd);
    visit("mode", self.mode);
    visit("scope", self.scope);
  }
};

struct ApprovalList {
  std::vector<Approval> approvals;
  bool operator==(ApprovalList const&) const = default;
  static constexpr std::string_view kName = "ApprovalList";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("approvals", self.approvals);
  }
};

// What asking for, or signing, an approval came to.
struct ApprovalAnswer {
  std::string outcome;
  std::optional<ApprovalId> approval_id;
  bool operator==(ApprovalAnswer const&) const = default;
  static constexpr std::string_view kName = "ApprovalAnswer";
  static constexpr std::array<std::string_view, 2> kOutcomes{"done", "needs_approval"};
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("outcome", self.outcome, Rule{.one_of = kOutcomes});
    visit("approval_id", self.approval_id);
  }
};

struct ResolutionRequest {
  Micros charge_usd;
  std::string reason;
  bool operator==(ResolutionRequest const&) const = default;
  static constexpr std::string_view kName = "ResolutionRequest";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("charge_usd", self.charge_usd, Rule{.says = "the rest of the hold is released"});
    visit("reason", self.reason, Rule{.min = 1, .max = kReasonCharactersMax});
  }
};

}  // namespace tally::wire
