#pragma once

// What follows once the quorum of an approval has signed, and when one can no longer come to
// anything. The loop and every other place that decides commands take it from here.

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
// Of a decision on `asked` that came to `granted`: looks ahead, before it is applied. The command
// that is set free is the proposed one of a signature, or, where one person decided alone, the very
// command that was asked for.
AfterGrant after_grant(State const& state, Command const& asked, Facts const& facts,
                       Granted granted, Instant at);

// Why the open approval can never be carried out as the world is now; none while it can.
std::optional<std::string> hopeless(State const& state, approval::Row const& row, Instant at);

}  // namespace tally::domain
