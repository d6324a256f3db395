#pragma once

// What can be asked of the approval engine. Proposals are not among it: they are what becomes of
// other engines' commands (approvers.h).

#include <optional>
#include <string>

#include "base/ids.h"
#include "domain/fields.h"

namespace tally::domain::approval {

// A second person signs.
struct Sign {
  ApprovalId approval;
  std::optional<KeyId> asked_with = {};  // none: the server's own
  PersonId person;
  TALLY_FIELDS(Sign, approval, asked_with, person);
};

// The proposer takes it back.
struct Withdraw {
  ApprovalId approval;
  PersonId person;
  TALLY_FIELDS(Withdraw, approval, person);
};

// The deadline came.
struct Expire {
  ApprovalId approval;
  TALLY_FIELDS(Expire, approval);
};

// The server saw that what was proposed can no longer be done; `reason` says why.
struct End {
  ApprovalId approval;
  std::string reason;
  TALLY_FIELDS(End, approval, reason);
};

}  // namespace tally::domain::approval
