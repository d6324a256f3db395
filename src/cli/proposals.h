#pragma once

// What a person asked for and may not decide alone: how its answer is said.

#include "cli/online.h"

namespace tally::cli {

// `done` where it is so; else who is asked to sign what, and exit code 5.
ExitCode answer_proposal(Call& call, client::ClientResult<wire::ApprovalAnswer> const& asked,
                         std::string const& done);

// The line that says it waits, for what where that is known; exit code 5.
ExitCode say_waiting(Call& call, ApprovalId approval,
                     std::optional<std::string> const& what = std::nullopt);

// What a run was charged, and what became of the rest: "0.0100 USD of its hold, ...".
std::string charge_text(wire::Receipt const& receipt);

// The answer as it came with --json, or that it waits, or what `show` makes of what was done.
template <class T, class Show>
ExitCode present_proposed(Call& call, client::ClientResult<client::Proposed<T>> const& asked,
                          Show const& show) {
  if (!asked) return report(call, asked.error());
  if (call.json) write_json(call, asked->body);
  if (asked->message.approval) return say_waiting(call, *asked->message.approval);
  if (!call.json && asked->message.done) show(*asked->message.done);
  return ExitCode::yes;
}

}  // namespace tally::cli
