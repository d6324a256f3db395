#pragma once

// Where the server listens, and whether it may. Errors: "configuration".

#include <cstdint>
#include <string>

#include "base/result.h"
#include "server/config.h"

namespace tally::server {

struct Listen {
  std::string host;
  std::uint16_t port = 0;
};

// HOST:PORT.
Result<Listen> parse_listen(std::string const& text);

// Keys travel in clear: beyond loopback somebody else must see to TLS, and say so.
Result<void> check_exposure(Listen const& listen, Config const& config);

// Strangers may open connections; they must never take the files that the ledger, the blobs and
// the executions need. So the connections get what is left of `files`.
Result<std::size_t> connections_within(std::uint64_t files, Config const& config);

}  // namespace tally::server
