#include "cli/report.h"

#include <fmt/format.h>

#include "cli/way_out.h"
#include "wire/problem_catalog.h"

namespace tally::cli {

namespace {

// Refusals that a different command line or configuration would not have met.
constexpr std::array<std::string_view, 8> kMisuses{"auth_invalid",
                                                   "auth_missing",
                                                   "idempotency_key_missing",
                                                   "idempotency_key_reused",
                                                   "malformed",
                                                   "payload_too_large",
                                                   "unknown_job",
                                                   "validation_error"};

// 5xx is trouble of the server's; but "halted" is a decision.
ExitCode code_of(wire::Problem const& problem) {
  for (std::string_view misuse : kMisuses)
    if (problem.code == misuse) return ExitCode::usage;
  return problem.status >= 500 && problem.code != "halted" ? ExitCode::failed : ExitCode::no;
}

// Where a command that changes something ended without an answer.
void say_how_to_repeat(Call& call) {
  if (call.idempotency_key)
    call.console.note(
        fmt::format("  with --idempotency-key {} it is safe to ask again", *call.idempotency_key));
}

// The fault may be the body's or the query's: both are the request.
std::string words_of(wire::FieldError const& error) {
  return fmt::format("{} {}", error.pointer.empty() ? "the request:" : error.pointer, error.detail);
}

// Each fault once, with its place.
std::string faults_of(wire::Problem const& problem) {
  bool const one = problem.errors.size() == 1 && problem.code == "validation_error";
  if (one) return words_of(problem.errors.front());
  std::string text = problem.detail;
  for (wire::FieldError const& error : problem.errors)
    if (error.detail != problem.detail) text += "\n  " + words_of(error);
  return text;
}

std::string words_of(wire::Problem const& problem) {
  std::string text = fmt::format("{}: {}", problem.code, faults_of(problem));
  if (problem.money) {
    wire::MoneyDetails const& money = *problem.money;
    text += fmt::format("\n  {}: limit {}, spent {}, held {}, available {}, asked {} (USD)",
                        money.scope, format_usd(money.limit_usd), format_usd(money.spent_usd),
                        format_usd(money.held_usd), format_usd(money.available_usd),
                        format_usd(money.asked_usd));
    if (money.owed_usd > Micros(0))
      text += fmt::format("\n  {} USD are owed for runs that cost more than their holds",
                          format_usd(money.owed_usd));
  }
  if (problem.halt) {
    wire::HaltDetails const& halt = *problem.halt;
    std::string const why = fmt::format("{} is in {} mode since {}, because: {}", halt.scope,
                                        halt.mode, to_rfc3339(halt.since), halt.reason);
    if (problem.detail.find(why) == std::string::npos) text += "\n  " + why;
    if (halt.run_id) text += fmt::format("\n  about {}", to_text(*halt.run_id));
    text += halt.ends_by_itself ? "\n  it ends by itself" : "\n  it does not end by itself";
  }
  if (problem.retry_after_s) text += fmt::format("\n  retry after {} s", *problem.retry_after_s);
  return text + fmt::format("\n  correlation id {}", to_text(problem.correlation_id));
}

// Who is stopped waits for an administrator; who is stopped by an audit waits for its resolution.
std::string next_of(wire::HaltDetails const& halt) {
  std::string const why = halt.run_id ? fmt::format("tally why {}; ", to_text(*halt.run_id)) : "";
  return fmt::format("{}an administrator ends it: {}", why,
                     way_out({.mode = halt.mode,
                              .scope = halt.scope,
                              .next_mode = halt.next_mode,
                              .safe_until = halt.safe_until}));
}

// What to do next, by command where there is one.
std::string next_of(wire::Problem const& problem, wire::ProblemKind const* kind) {
  if (problem.halt) return next_of(*problem.halt);
  if (problem.code == "validation_error")
    return "mend what is named here; --help shows what the command takes, an example first";
  if (problem.code == "not_found")
    return "check the name or id, and whose key this is; tally run list, tally tenant list, "
           "tally key list, tally person list and tally approvals show what there is";
  return kind == nullptr ? "" : std::string(kind->remedy);
}

// What to do where no answer came that can be used.
std::string_view next_of(std::string_view code) {
  if (code == "malformed") return "see that a Tallystick server is what answers there";
  if (code == "untrusted")
    return "name its certificate, or who signed it, with --ca-file or TALLY_CA_FILE";
  if (code == "too_large") return "ask for less at a time";
  return "start it with `tally serve`, or name another with --server or TALLY_SERVER";
}

}  // namespace

ExitCode report(Call& call, client::Failure const& failure) {
  if (failure.problem) {
    if (call.json) write_json(call, failure.body);
    auto const* kind = wire::find_problem_kind(failure.problem->code);
    call.console.complain(words_of(*failure.problem), next_of(*failure.problem, kind));
    ExitCode const code = code_of(*failure.problem);
    if (code == ExitCode::failed) say_how_to_repeat(call);
    return code;
  }
  std::string const detail =
      failure.error.internal.empty()
          ? failure.error.detail
          : fmt::format("{} ({})", failure.error.detail, failure.error.internal);
  call.console.complain(fmt::format("{}: {}", call.server, detail), next_of(failure.error.code));
  say_how_to_repeat(call);
  return ExitCode::failed;
}

ExitCode report(Call& call, ExitCode code, Error const& error, std::string_view next) {
  std::string what = error.detail;
  if (!error.internal.empty()) what += fmt::format(" ({})", error.internal);
  call.console.complain(what, next);
  return code;
}

void write_json(Call& call, std::string_view body) {
  call.console.out() << body;
  if (!body.ends_with('\n')) call.console.out() << '\n';
}

}  // namespace tally::cli
