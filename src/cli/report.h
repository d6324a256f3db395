#pragma once

// Failures in words and as exit codes.

#include "cli/command.h"
#include "client/tally_client.h"

namespace tally::cli {

// The server's refusal, or why there is no answer. With --json the problem document goes to
// stdout as it came: it is the answer.
ExitCode report(Call& call, client::Failure const& failure);

ExitCode report(Call& call, ExitCode code, Error const& error, std::string_view next);

// The document as the server sent it.
void write_json(Call& call, std::string_view body);

// With --json the answer as it came; otherwise what `show(std::ostream&, T const&)` makes of it.
template <class T, class Show>
ExitCode present(Call& call, client::Asked<T> const& asked, Show const& show) {
  if (!asked) return report(call, asked.error());
  if (call.json) {
    write_json(call, asked->body);
  } else {
    show(call.console.out(), asked->message);
  }
  return ExitCode::yes;
}

}  // namespace tally::cli
