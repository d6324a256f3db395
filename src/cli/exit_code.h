#pragma once

// What a script learns from `tally`'s exit code; the same for every command.

#include <array>
#include <string_view>
#include <utility>

namespace tally::cli {

enum class ExitCode : int {
  yes = 0,
  no = 1,            // a rule failed, a check found a fault, the server refused
  usage = 2,         // wrong arguments or configuration: the caller mends it
  inconclusive = 3,  // not enough evidence to say yes or no
  failed = 4,        // internal, or the server cannot be reached
  waiting = 5,       // for people to approve
};

// For people, in help and manual.
inline constexpr std::array<std::pair<ExitCode, std::string_view>, 6> kExitCodes{{
    {ExitCode::yes, "yes"},
    {ExitCode::no, "no: a rule failed, a check found a fault, the server refused"},
    {ExitCode::usage, "wrong usage or configuration"},
    {ExitCode::inconclusive, "inconclusive: not enough evidence"},
    {ExitCode::failed, "internal, or the server cannot be reached"},
    {ExitCode::waiting, "waiting for approval"},
}};

}  // namespace tally::cli
