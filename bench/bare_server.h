#pragma once

// The ceiling: the same HTTP server and the same log, and nothing between. It appends the body as
// it came to the log, together with all others that wait (group commit), and answers 202 when the
// bytes are durable. It checks, decides and remembers nothing.

#include <string>

namespace tally::bench {

// Serves on a free port of 127.0.0.1 with its log in `directory` until SIGTERM, and says so in
// the first line that it prints.
int serve_bare(std::string const& directory);

}  // namespace tally::bench
