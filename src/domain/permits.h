#pragma once

// Which command may be decided in which mode. `gather` demands a Permit, and only permit_for makes
// one, from what the command says of itself (kinds.h, PV-003).

#include <string_view>

#include "domain/command.h"
#include "domain/refusal.h"
#include "domain/state.h"
#include "tl/expected.hpp"

namespace tally::domain {

// The refusal of a command, by its name in the table, while that stands. It says the scope, the
// mode, why and since when; no time to try again, because only a person ends it.
Refusal standing_still(mode::Standstill why, std::string_view command);

class Permit {
 public:
  mode::Mode mode() const { return mode_; }

 private:
  explicit Permit(mode::Mode mode) : mode_(mode) {}
  friend tl::expected<Permit, Refusal> permit_for(State const& state, Command const& command,
                                                  Instant at);
  mode::Mode mode_;
};

// The strictest mode among the scopes that the command touches: everything, and where the command
// names them its tenant, job, key and run.
tl::expected<Permit, Refusal> permit_for(State const& state, Command const& command, Instant at);

}  // namespace tally::domain
