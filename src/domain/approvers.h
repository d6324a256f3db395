#pragma once

// Who decides what one person alone may not decide. A person whose role is approver or admin is
// named; which of them count, and from when until when, is one rule (who_counts.h). Where exactly
// one person counts, that person decides alone and the record says so; where more count, a quorum
// of them must agree.
//
// An engine that is asked for such a command answers NotAlone (outcome.h). The core then records
// the command as a proposal, and once the quorum has signed, the same command is gathered and
// decided afresh, with `approved` among its facts.

#include <set>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "domain/fields.h"

namespace tally::domain {

inline constexpr Duration kNewcomerPeriod = hours(24);  // from the claim of a key until it counts
inline constexpr std::int64_t kNamedMax = 64;           // people with the role approver or admin
inline constexpr std::int64_t kApprovalsOpenMax = 64;   // proposals that wait at once

// A named person who does not count yet.
struct Newcomer {
  std::optional<Instant> counts_from;  // none: no key of theirs was claimed yet
  PersonId person;
  TALLY_FIELDS(Newcomer, counts_from, person);
};

// The approval under which a command is decided the second time.
struct Approved {
  Instant proposed_at;
  bool single_operator = false;
  TALLY_FIELDS(Approved, proposed_at, single_operator);
};

// Facts of a command that one person alone may not decide.
struct Approvers {
  std::optional<Approved> approved;        // none: it is asked for the first time
  std::set<PersonId> counted;              // who counts at this moment
  Duration deadline;                       // for the signatures, by what it is about
  std::optional<Instant> key_counts_from;  // of the key that it is asked with, if in the future
  bool key_never_counts = false;           // that key is of nobody who was ever named
  std::vector<Newcomer> newcomers;         // who is named and does not count
  ApprovalId next_approval;
  std::int64_t open = 0;  // proposals that wait
  std::int64_t quorum = 0;
  TALLY_FIELDS(Approvers, approved, counted, deadline, key_counts_from, key_never_counts, newcomers,
               next_approval, open, quorum);
  std::int64_t named() const { return std::ssize(counted) + std::ssize(newcomers); }
};

}  // namespace tally::domain
