#pragma once

// Approvals: a quorum of named, distinct people within a deadline, the proposer among them.
//
//   proposed ──sign──► signed ──the quorum's last──► granted: the command is decided in the same
//      │                                             frame, and the approval is over
//      └──deadline, withdrawn, no longer possible──► aborted
//
// What is proposed is a command, kept as it was asked. This engine knows nothing of what commands
// mean, and no other engine knows of approvals.

#include <set>
#include <string>

#include "domain/command.h"

namespace tally::domain::approval {

struct Row {
  Command command;             // decided afresh once the quorum has signed
  std::set<PersonId> counted;  // who counted when it was proposed; nobody else may sign
  Instant expires_at;          // ledger time, as the next
  Instant proposed_at;
  PersonId proposer;
  std::int64_t quorum = 2;  // people in all, the proposer among them
  std::optional<RunId> run;
  std::set<PersonId> signers;    // beside the proposer
  bool single_operator = false;  // one person counted, and decided alone
  std::optional<TenantId> tenant;
  std::string what;  // a few words for people: "remove bob"
  bool operator==(Row const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("command", self.command);
    visit("counted", self.counted);
    visit("expires_at", self.expires_at);
    visit("proposed_at", self.proposed_at);
    visit("proposer", self.proposer);
    visit("quorum", self.quorum);
    visit("run", self.run);
    visit("signers", self.signers);
    visit("single_operator", self.single_operator);
    visit("tenant", self.tenant);
    visit("what", self.what);
  }
  // People who must still sign.
  std::int64_t missing() const {
    return std::max<std::int64_t>(0, quorum - 1 - std::ssize(signers));
  }
};

struct Facts {
  bool key_counts = false;  // Sign: the key has been the signer's for kNewcomerPeriod
  std::optional<Row> row;
  bool signer_may = false;  // Sign: has the role approver or admin
  bool operator==(Facts const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("key_counts", self.key_counts);
    visit("row", self.row);
    visit("signer_may", self.signer_may);
  }
};

// Event: approval.proposed.
struct Proposed {
  ApprovalId approval;
  Row row;
  bool operator==(Proposed const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("approval", self.approval);
    visit("row", self.row);
  }
};

// Event: approval.signed; with `granted` the decision on its command follows in the same frame.
struct Signed {
  ApprovalId approval;
  bool granted = false;
  PersonId person;
  bool operator==(Signed const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("approval", self.approval);
    visit("granted", self.granted);
    visit("person", self.person);
  }
};

// Event: approval.aborted: nothing comes of it, and why.
struct Aborted {
  ApprovalId approval;
  std::string reason;  // "deadline", "withdrawn", or a sentence
  bool operator==(Aborted const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("approval", self.approval);
    visit("reason", self.reason);
  }
};

}  // namespace tally::domain::approval
