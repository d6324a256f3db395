#pragma once

// Which command may be decided in which mode. `gather` demands a Permit, and only permit_for makes
// one, from what the command says of itself (kinds.h, PV-003).

#include <string_view>

#include "domain/command.h"
#include "domain/refusal.h"
#include "domain/state.h"
#include "tl/expected.hpp"

namespace tally::domain {

// The refusal of a command (by its name in the ledger) while `why` is in force. It says the scope,
// the mode, the reason and since when. It names no time to try again: only a person ends a mode.
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

// Takes the strictest mode among the scopes that the command touches: everything, and its tenant,
// job, key and run where it names them. Error: `halted`, with the scope that forbids it.
tl::expected<Permit, Refusal> permit_for(State const& state, Command const& command, Instant at);

}  // namespace tally::domain
