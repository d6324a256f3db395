#pragma once

// The two lower levels: what the child does to itself before it executes the command.

#include <cstdint>

#include "base/result.h"
#include "platform/sandbox.h"

namespace tally::platform {

// The kernel's Landlock ABI, or 0 where there is none.
int landlock_abi();

// What the child needs; the descriptor and the filter live in the parent.
struct Confinement {
  OwnedFd ruleset;  // of Landlock; none at the level rlimit
  ByteView filter;  // of calls; none at the level rlimit
  bool drop_capabilities = false;
};

// Rules for the task: the system and its folder to read, its box to work in, nothing else.
// Network and signals outside are covered as far as the kernel's ABI goes.
Result<Confinement> landlock_confinement(SandboxTask const& task, ByteView filter);
Confinement rlimit_confinement();

// Async-signal-safe; the context is a Confinement.
bool enter_confinement(void const* context);

}  // namespace tally::platform
