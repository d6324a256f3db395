#include "views/problem_view.h"

#include <algorithm>

#include "views/ops_view.h"
#include "wire/problem_catalog.h"

namespace tally::views {

namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kRetryAfterSeconds = 1;  // where nothing says how long it takes

// A name of a run: in the scope itself, or in the words of whoever stopped it.
std::optional<RunId> run_named_in(std::string_view text) {
  constexpr std::size_t kCharacters = IdPrefix<RunId>::text.size() + 16;
  for (auto at = text.find(IdPrefix<RunId>::text); at != std::string_view::npos;
       at = text.find(IdPrefix<RunId>::text, at + 1))
    if (auto const run = parse_id<RunId>(text.substr(at, kCharacters))) return run;
  return std::nullopt;
}

}  // namespace

std::int64_t retry_after_seconds(Duration wait) {
  return std::max<std::int64_t>(1, (wait.value() + kSecond - 1) / kSecond);
}

wire::MoneyDetails money_view(domain::Shortage const& shortage) {
  return {.scope = shortage.scope,
          .limit_usd = shortage.limit,
          .spent_usd = shortage.spent,
          .held_usd = shortage.held,
          .available_usd = shortage.available,
          .asked_usd = shortage.asked,
          .owed_usd = shortage.owed};
}

wire::HaltDetails halt_view(domain::mode::Standstill const& why) {
  auto const run = run_named_in(why.scope.id);
  return {.mode = std::string(name_of(why.mode)),
          .scope = scope_text(why.scope),
          .reason = why.reason,
          .since = why.since,
          .run_id = run ? run : run_named_in(why.reason),
          .ends_by_itself = false,
          .next_mode = {},
          .safe_until = {}};
}

void add_way_out(wire::Problem& problem, domain::mode::Row const& row, Instant now) {
  if (!problem.halt) return;
  problem.halt->next_mode = next_mode(row, now);
  problem.halt->safe_until = safe_until(row, now);
  if (auto const words = way_out_text(row, now); !words.empty()) problem.detail += "; " + words;
}

wire::Problem problem_view(ProblemTypes const& types, std::string_view code, std::string detail,
                           CorrelationId correlation) {
  auto const& kind = wire::problem_kind(code);
  wire::Problem problem;
  problem.type = types.prefix + std::string(kind.code);
  problem.title = kind.title;
  problem.status = kind.status;
  problem.detail = detail.empty() ? std::string(kind.meaning) : std::move(detail);
  problem.code = kind.code;
  problem.correlation_id = correlation;
  if (retry_of(kind) == wire::Retry::later) problem.retry_after_s = kRetryAfterSeconds;
  return problem;
}

wire::Problem refusal_view(ProblemTypes const& types, domain::Refusal const& refusal,
                           CorrelationId correlation) {
  using enum domain::RefusalCode;
  // The name that was asked for is the caller's own text, which no message repeats.
  std::string detail =
      refusal.code == unknown_job
          ? "the server has no job kind of the name at /job; GET /v1/jobs lists them"
          : refusal.detail;
  auto problem = problem_view(types, domain::name_of(refusal.code), std::move(detail), correlation);
  // What 'errors' lists is what a caller is told to mend: it is never empty there.
  if (!refusal.pointer.empty() || refusal.code == validation_error)
    problem.errors = {{refusal.pointer, problem.detail}};
  if (refusal.shortage) problem.money = money_view(*refusal.shortage);
  if (refusal.standstill) problem.halt = halt_view(*refusal.standstill);
  if (problem.retry_after_s && refusal.retry_after)
    problem.retry_after_s = retry_after_seconds(*refusal.retry_after);
  return problem;
}

}  // namespace tally::views
