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
  bool operator==(Sign const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("approval", self.approval);
    visit("asked_with", self.asked_with);
    visit("person", self.person);
  }
};

// The proposer takes it back.
struct Withdraw {
  ApprovalId approval;
  PersonId person;
  bool operator==(Withdraw const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("approval", self.approval);
    visit("person", self.person);
  }
};

// The deadline came.
struct Expire {
  ApprovalId approval;
  bool operator==(Expire const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("approval", self.approval);
  }
};

// The server saw that what was proposed can no longer be done; `reason` says why.
struct End {
  ApprovalId approval;
  std::string reason;
  bool operator==(End const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("approval", self.approval);
    visit("reason", self.reason);
  }
};

}  // namespace tally::domain::approval
