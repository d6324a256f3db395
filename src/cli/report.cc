#include "cli/report.h"

#include <fmt/format.h>

#include "wire/problem_catalog.h"

namespace tally::cli {

namespace {

// Refusals that a different command line or configuration would not have met.
constexpr std::array<std::string_view, 6> kMisuses{
    "auth_invalid", "auth_missing",      "idempotency_key_missing",
    "malformed",    "payload_too_large", "validation_error"};

// 5xx is trouble of the server's; but "halted" is a decision.
ExitCode code_of(wire::Problem const& problem) {
  for (std::string_view misuse : kMisuses)
    if (problem.code == misuse) return ExitCode::usage;
  return problem.status >= 500 && problem.code != "halted" ? ExitCode::failed : ExitCode::no;
}

std::string words_of(wire::Problem const& problem) {
  std::string text = fmt::format("{}: {}", problem.code, problem.detail);
  for (wire::FieldError const& error : problem.errors)
    text +=
        fmt::format("\n  {} {}", error.pointer.empty() ? "the body" : error.pointer, error.detail);
  if (problem.money) {
    wire::MoneyDetails const& money = *problem.money;
    text += fmt::format("\n  {}: limit {}, spent {}, held {}, available {}, asked {} (USD)",
                        money.scope, format_usd(money.limit_usd), format_usd(money.spent_usd),
                        format_usd(money.held_usd), format_usd(money.available_usd),
                        format_usd(money.asked_usd));
  }
  if (problem.retry_after_s) text += fmt::format("\n  retry after {} s", *problem.retry_after_s);
  return text + fmt::format("\n  correlation id {}", to_text(problem.correlation_id));
}

}  // namespace

ExitCode report(Call& call, client::Failure const& failure) {
  if (failure.problem) {
    if (call.json) write_json(call, failure.body);
    auto const* kind = wire::find_problem_kind(failure.problem->code);
    call.console.complain(words_of(*failure.problem), kind == nullptr ? "" : kind->remedy);
    return code_of(*failure.problem);
  }
  std::string const detail =
      failure.error.inside.empty()
          ? failure.error.detail
          : fmt::format("{} ({})", failure.error.detail, failure.error.inside);
  call.console.complain(
      fmt::format("{}: {}", call.server, detail),
      failure.error.code == "malformed"
          ? "see that a Tallystick server is what answers there"
          : "start it with `tally serve`, or name another with --server or TALLY_SERVER");
  return ExitCode::failed;
}

ExitCode report(Call& call, ExitCode code, Error const& error, std::string_view next) {
  std::string what = error.detail;
  if (!error.inside.empty()) what += fmt::format(" ({})", error.inside);
  call.console.complain(what, next);
  return code;
}

void write_json(Call& call, std::string_view body) {
  call.console.out() << body;
  if (!body.ends_with('\n')) call.console.out() << '\n';
}

}  // namespace tally::cli
