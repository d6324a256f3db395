#pragma once

// `tally serve`: the machine, the threads and the signals around a wiring::Node.

#include <string>
#include <vector>

namespace tally::server {

struct ServeOptions {
  std::string data;               // the data directory
  std::string listen;             // HOST:PORT
  std::vector<std::string> jobs;  // folders of job kinds
  std::string config;             // TOML file; empty: none
};

// Serves until SIGINT or SIGTERM. Exit codes: 0 stopped cleanly, 2 configuration, 4 the ledger, the
// machine or the log refused.
int serve(ServeOptions const& options);

}  // namespace tally::server
