#include "views/problem_view.h"

#include <algorithm>

#include "wire/problem_catalog.h"

namespace tally::views {

namespace {

constexpr std::int64_t kSecond = 1'000'000;

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
          .asked_usd = shortage.asked};
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
  if (!refusal.pointer.empty()) problem.errors = {{refusal.pointer, problem.detail}};
  if (refusal.shortage) problem.money = money_view(*refusal.shortage);
  bool const passes = refusal.code == budget_held || refusal.code == overloaded ||
                      refusal.code == rate_limited || refusal.code == halted;
  if (passes) {
    problem.retry_after_s = retry_after_seconds(refusal.retry_after.value_or(seconds(1)));
  }
  return problem;
}

}  // namespace tally::views
