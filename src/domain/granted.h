#pragma once

// What is decided next once the quorum of an approval has signed, and whether an open approval can
// still be carried out. Everything that decides commands uses it.

#include "domain/core.h"

namespace tally::domain {

struct AfterGrant {
  // Nothing is recorded, not even the signature: the mode in force does not permit it now.
  bool not_now = false;
  // What is decided next, in the same frame: the proposed command, or approval::End.
  Command next;
  // What the signer is told when it is End, or not now.
  std::optional<Refusal> refusal;
};
// Called after the decision on `asked` came to `granted`, and before that decision is applied. The
// next command is the one that was proposed; where one person decided alone, it is `asked` itself.
AfterGrant after_grant(State const& state, Command const& asked, Facts const& facts,
                       Granted granted, Instant at);

// Why the open approval can never be carried out as the world is now; none while it can.
std::optional<std::string> hopeless(State const& state, approval::Row const& row, Instant at);

}  // namespace tally::domain
