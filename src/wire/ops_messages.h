#pragma once

// Modes and approvals: stopping, resuming, and the people who decide it.

#include "wire/admin_messages.h"
#include "wire/run_messages.h"

namespace tally::wire {

struct ModeRequest {
  std::string mode;
  std::string scope = "everything";
  std::string reason;
  bool operator==(ModeRequest const&) const = default;
  static constexpr std::string_view kName = "ModeRequest";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("mode", self.mode, Rule{.one_of = kWords<tally::Mode>});
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
  std::optional<std::string> next_mode = {};
  bool operator==(Mode const&) const = default;
  static constexpr std::string_view kName = "Mode";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("mode", self.mode, Rule{.one_of = kWords<tally::Mode>});
    visit("scope", self.scope);
    visit("reason", self.reason);
    visit("since", self.since);
    visit("safe_until", self.safe_until, Rule{.says = "after a halt: normal mode not before"});
    visit("next_mode", self.next_mode,
          Rule{.says = "the lowest mode that may be set now; absent: no lower one may"});
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
    visit("mode", self.mode, Rule{.one_of = kWords<tally::Mode>});
    visit("scopes", self.scopes);
  }
};

struct Approval {
  ApprovalId approval_id;
  std::string kind;
  std::string what;
  std::string reason;
  std::optional<PersonId> proposer;
  std::vector<PersonId> signers;
  std::vector<PersonId> may_sign;
  std::int64_t quorum = 2;
  std::int64_t signatures_missing = 0;
  bool single_operator = false;
  Instant proposed_at;
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
    visit("kind", self.kind, Rule{.says = "the command that waits, such as mode.set"});
    visit("what", self.what);
    visit("reason", self.reason);
    visit("proposer", self.proposer,
          Rule{.null_when_none = true, .says = "null: the configuration file"});
    visit("signers", self.signers, Rule{.says = "beside the proposer"});
    visit("may_sign", self.may_sign, Rule{.says = "who counted and has not agreed yet"});
    visit("quorum", self.quorum, Rule{.says = "people in all, the proposer among them"});
    visit("signatures_missing", self.signatures_missing);
    visit("single_operator", self.single_operator);
    visit("proposed_at", self.proposed_at);
    visit("expires_at", self.expires_at);
    visit("run_id", self.run_id);
    visit("charge_usd", self.charge_usd);
    visit("mode", self.mode);
    visit("scope", self.scope);
  }
};

// A person with the role approver or admin.
struct Approver {
  PersonId person;
  bool counts = false;
  std::optional<Instant> counts_from;
  std::optional<Instant> counts_until = {};
  bool operator==(Approver const&) const = default;
  static constexpr std::string_view kName = "Approver";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("person", self.person);
    visit("counts", self.counts);
    visit("counts_from", self.counts_from,
          Rule{.says = "24 h after a key was claimed; absent: none lives that can sign"});
    visit("counts_until", self.counts_until,
          Rule{.says = "24 h after the last key that could sign ended; absent: one lives"});
  }
};

struct ApprovalList {
  std::vector<Approval> approvals;
  std::vector<Approver> people;
  std::int64_t quorum = 2;
  bool single_operator = false;
  std::vector<PendingSetting> pending_settings = {};
  bool operator==(ApprovalList const&) const = default;
  static constexpr std::string_view kName = "ApprovalList";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("approvals", self.approvals);
    visit("people", self.people);
    visit("quorum", self.quorum, Rule{.says = "people in all, the proposer among them"});
    visit("single_operator", self.single_operator,
          Rule{.says = "exactly one person counts, and decides alone"});
    visit("pending_settings", self.pending_settings,
          Rule{.optional = true,
               .says = "what the configuration file asks for and people have not agreed to"});
  }
};

// What asking for, or signing, an approval came to.
struct ApprovalAnswer {
  std::string outcome;
  std::optional<ApprovalId> approval_id;
  std::optional<std::string> what;
  std::optional<Receipt> receipt;
  bool operator==(ApprovalAnswer const&) const = default;
  static constexpr std::string_view kName = "ApprovalAnswer";
  static constexpr std::array<std::string_view, 2> kOutcomes{"done", "needs_approval"};
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("outcome", self.outcome, Rule{.one_of = kOutcomes});
    visit("approval_id", self.approval_id);
    visit("what", self.what, Rule{.says = "that others are asked to agree to, in a few words"});
    visit("receipt", self.receipt, Rule{.says = "of the run, where one was charged by this"});
  }
};

// Where a resolution is refused for its `above_hold_max_usd`.
inline constexpr std::string_view kAboveHoldPointer = "/above_hold_max_usd";

struct ResolutionRequest {
  Micros charge_usd;
  std::optional<Micros> above_hold_max_usd;
  std::string reason;
  bool operator==(ResolutionRequest const&) const = default;
  static constexpr std::string_view kName = "ResolutionRequest";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("charge_usd", self.charge_usd,
          Rule{.says = "the rest of the hold is released; what is above it is paid out of what is "
                       "available, and the rest is owed"});
    visit("above_hold_max_usd", self.above_hold_max_usd,
          Rule{.says = "refused where the charge is further above the run's hold; absent: only the "
                       "plan's overrun_believed_max_usd bounds it"});
    visit("reason", self.reason, Rule{.min = 1, .max = kReasonCharactersMax});
  }
};

}  // namespace tally::wire
