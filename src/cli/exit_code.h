#pragma once

// What a script learns from `tally`'s exit code; the same for every command.

namespace tally::cli {

enum class ExitCode : int {
  yes = 0,
  no = 1,            // a rule failed, a check found a fault, the server refused
  usage = 2,         // wrong arguments or configuration: the caller mends it
  inconclusive = 3,  // not enough evidence to say yes or no
  failed = 4,        // internal, or the server cannot be reached
  waiting = 5,       // for people to approve
};

}  // namespace tally::cli
