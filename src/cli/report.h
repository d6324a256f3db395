#pragma once

// Failures in words and as exit codes.

#include <type_traits>

#include "cli/command.h"
#include "client/tally_client.h"

namespace tally::cli {

// The server's refusal, or why there is no answer. With --json the problem document goes to
// stdout as it came: it is the answer.
ExitCode report(Call& call, client::Failure const& failure);

ExitCode report(Call& call, ExitCode code, Error const& error, std::string_view next);

// The document as the server sent it.
void write_json(Call& call, std::string_view body);

// With --json the answer as it came; otherwise what `show` makes of it, which takes the console, or
// its `out`, and the message.
template <class T, class Show>
ExitCode present(Call& call, client::ClientResult<T> const& asked, Show const& show) {
  if (!asked) return report(call, asked.error());
  if (call.json) {
    write_json(call, asked->body);
  } else if constexpr (std::is_invocable_v<Show const&, Console&, T const&>) {
    show(call.console, asked->message);
  } else {
    show(call.console.out(), asked->message);
  }
  return ExitCode::yes;
}

}  // namespace tally::cli
