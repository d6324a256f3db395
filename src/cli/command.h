#pragma once

// A command of `tally`: a row of the table in commands.cc. Those that only ask an operation and
// print its answer are derived from its description (verb_commands.cc).

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/exit_code.h"

namespace tally::wire {
struct Endpoint;
}  // namespace tally::wire

namespace tally::cli {

// One invocation: what all commands share.
struct Call {
  Console& console;
  Environment const& environment;
  bool json = false;
  std::string server = {};   // --server
  std::string ca_file = {};  // --ca-file; empty: the system's authorities
  std::string data = {};    // --data
  // --idempotency-key; where it was left out, the one that was made and shown.
  std::optional<std::string> idempotency_key = {};
  bool offline = false;   // Reach::either: --data was named, and no server
  bool repeated = false;  // the answer is one that the idempotency key got before
};

using Action = std::function<ExitCode(Call&)>;

// What a command needs beside its own arguments; decides which shared options it takes.
enum class Reach {
  nothing,
  data,     // a data directory, offline: --data
  server,   // a running server: --server, and --data for its operator.key
  changes,  // the same, to change something there: --idempotency-key as well
  either,   // a running server; or a data directory, offline, where --data is named
};

struct Command {
  std::string_view path;     // "run submit"
  std::string_view summary;  // one line
  std::string_view example;  // one line, complete
  Reach reach;
  // Declares what it takes and returns what to do once that was read; none: `operation` says it.
  Action (*declare)(Arguments& arguments);
  wire::Endpoint const* operation = nullptr;
};

// All of them, in the order of help.
std::span<Command const> commands();

}  // namespace tally::cli
