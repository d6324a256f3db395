#pragma once

// What can be asked of the approval engine. Proposals are not among it: they are what becomes of
// other engines' commands (approvers.h).

#include <optional>
#include <string>
#include <variant>

#include "base/ids.h"
#include "domain/fields.h"
#include "domain/kinds.h"

namespace tally::domain::approval {

struct Facts;

// A second person signs.
struct Sign {
  static constexpr CommandType kCommand{"approval.sign", mode::Mode::halt};
  using Facts = approval::Facts;
  ApprovalId approval;
  std::optional<KeyId> asked_with = {};  // none: the server's own
  PersonId person;
  TALLY_FIELDS(Sign, approval, asked_with, person);
};

// The proposer takes it back.
struct Withdraw {
  static constexpr CommandType kCommand{"approval.withdraw", mode::Mode::halt};
  using Facts = approval::Facts;
  ApprovalId approval;
  PersonId person;
  TALLY_FIELDS(Withdraw, approval, person);
};

// The deadline came.
struct Expire {
  static constexpr CommandType kCommand{"approval.expire", mode::Mode::halt};
  using Facts = approval::Facts;
  ApprovalId approval;
  TALLY_FIELDS(Expire, approval);
};

// The server saw that what was proposed can no longer be done; `reason` says why.
struct End {
  static constexpr CommandType kCommand{"approval.end", mode::Mode::halt};
  using Facts = approval::Facts;
  ApprovalId approval;
  std::string reason;
  TALLY_FIELDS(End, approval, reason);
};

using Commands = std::variant<Sign, Withdraw, Expire, End>;
struct Engine {
  static constexpr EngineType kType{"approval"};
  using Commands = approval::Commands;
};

}  // namespace tally::domain::approval
