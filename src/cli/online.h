#pragma once

// Commands that talk to a server.

#include <functional>

#include "cli/report.h"

namespace tally::cli {

// The caller's key: TALLY_KEY, else the operator.key in --data. Error "no_key".
Result<std::string> find_key(Call& call);

// Runs `work` with a client for this call, or says why there is none.
ExitCode online(Call& call, std::function<ExitCode(client::TallyClient&)> const& work);

}  // namespace tally::cli
