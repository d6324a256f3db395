#pragma once

// Making a proposal; used by the engines whose commands need a second person.

#include "domain/outcome.h"

namespace tally::domain::approval {

struct Proposal {
  ApprovalId id;
  PersonId proposer;
  std::int64_t people = 0;  // who may approve, the proposer among them
  std::int64_t quorum = 2;
  Instant expires_at;
  Subject subject;
};

// approval.proposed and the reply that names it. Where only one person is named, that person
// decides alone: proposed, signed and `effect` in one decision, marked single_operator.
Outcome propose(Proposal proposal, Event effect);

}  // namespace tally::domain::approval
