#pragma once

// Forks and executes; the parent's half of the descriptors comes back.

#include "base/result.h"
#include "platform/process.h"

namespace tally::platform {

struct StartedProcess {
  int pid = -1;  // leads its own session and process group; not yet waited for
  OwnedFd pidfd;
  OwnedFd output;
  OwnedFd error;
  OwnedFd status;
};

// The error's code is "not_started"; `failed_errno` then says why.
Result<StartedProcess> start_process(ProcessPlan const& plan, int& failed_errno);

}  // namespace tally::platform
