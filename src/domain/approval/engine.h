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
#include "domain/fields.h"
#include "domain/kinds.h"

namespace tally::domain::approval {

struct Row {
  Command command;             // decided afresh once the quorum has signed
  std::set<PersonId> counted;  // who counted when it was proposed; nobody else may sign
  Instant expires_at;          // ledger time, as the next
  Instant proposed_at;
  PersonId proposer;        // empty: the configuration file asked
  std::int64_t quorum = 2;  // people in all, the proposer among them
  std::optional<RunId> run;
  std::set<PersonId> signers;    // beside the proposer
  bool single_operator = false;  // one person counted, and decided alone
  std::optional<TenantId> tenant;
  std::string what;  // a few words for people: "remove bob"
  TALLY_FIELDS(Row, command, counted, expires_at, proposed_at, proposer, quorum, run, signers,
               single_operator, tenant, what);
  // People who must still sign.
  std::int64_t missing() const {
    std::int64_t const proposers = proposer.value().empty() ? 0 : 1;
    return std::max<std::int64_t>(0, quorum - proposers - std::ssize(signers));
  }
};

struct Facts {
  static constexpr std::string_view kKind = "approval.facts";
  bool key_counts = false;  // Sign: the key has been the signer's for kNewcomerPeriod
  std::optional<Row> row;
  bool signer_may = false;  // Sign: has the role approver or admin
  TALLY_FIELDS(Facts, key_counts, row, signer_may);
};

// Event: approval.proposed.
struct Proposed {
  static constexpr EventType kEvent{"approval.proposed"};
  static constexpr std::array kDirectory{DirectoryPart::approvals};
  ApprovalId approval;
  Row row;
  TALLY_FIELDS(Proposed, approval, row);
};

// Event: approval.signed; with `granted` the decision on its command follows in the same frame.
struct Signed {
  static constexpr EventType kEvent{"approval.signed"};
  static constexpr std::array kDirectory{DirectoryPart::approvals};
  ApprovalId approval;
  bool granted = false;
  PersonId person;
  TALLY_FIELDS(Signed, approval, granted, person);
};

// Event: approval.aborted: nothing comes of it, and why.
struct Aborted {
  static constexpr EventType kEvent{"approval.aborted"};
  static constexpr std::array kDirectory{DirectoryPart::approvals};
  ApprovalId approval;
  std::string reason;  // "deadline", "withdrawn", or a sentence
  TALLY_FIELDS(Aborted, approval, reason);
};

using Events = std::variant<Proposed, Signed, Aborted>;

}  // namespace tally::domain::approval
