#pragma once

// Commands that talk to a server.

#include <functional>

#include "cli/report.h"

namespace tally::cli {

// The caller's key: TALLY_KEY, else the operator.key in --data. Error "no_key".
Result<std::string> find_key(Call& call);

// "cli-" and 32 random hexadecimal digits.
std::string random_idempotency_key();

// Runs `work` with a client for this call, or says why there is none. What the client changes it
// asks for under an idempotency key, which is shown before it is used: whoever loses the answer can
// ask again. An answer that the key got before is said to be one, and call.repeated is set.
ExitCode online(Call& call, std::function<ExitCode(client::TallyClient&)> const& work);
// The same without a key: for what is open to all.
ExitCode without_key(Call& call, std::function<ExitCode(client::TallyClient&)> const& work);

}  // namespace tally::cli
