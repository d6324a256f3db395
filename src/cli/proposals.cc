#include "cli/proposals.h"

#include <fmt/ostream.h>

namespace tally::cli {

ExitCode say_waiting(Call& call, ApprovalId approval, std::optional<std::string> const& what) {
  if (!call.json)
    fmt::print(call.console.out(), "waiting for approval: {}{}\n", to_text(approval),
               what ? " (" + *what + ")" : "");
  call.console.note(
      fmt::format("  next: another person who counts runs tally approve {}", to_text(approval)));
  return ExitCode::waiting;
}

ExitCode answer_proposal(Call& call, client::ClientResult<wire::ApprovalAnswer> const& asked,
                         std::string const& done) {
  if (!asked) return report(call, asked.error());
  bool const waits = asked->message.outcome == "needs_approval";
  if (call.json)
    write_json(call, asked->body);
  else if (!waits)
    fmt::print(call.console.out(), "{}\n", done);
  if (!waits) return ExitCode::yes;
  return say_waiting(call, asked->message.approval_id.value_or(ApprovalId{}), asked->message.what);
}

std::string charge_text(wire::Receipt const& receipt) {
  std::string text = fmt::format("{} USD of its hold", format_usd(receipt.charged_usd));
  if (receipt.released_usd > Micros(0))
    text += fmt::format(", {} released", format_usd(receipt.released_usd));
  if (!receipt.overrun_usd) return text;
  return text + fmt::format("; {} above it: {} paid out of what was available, {} owed",
                            format_usd(*receipt.overrun_usd),
                            format_usd(receipt.paid_usd.value_or(Micros(0))),
                            format_usd(receipt.owed_usd.value_or(Micros(0))));
}

}  // namespace tally::cli
