#pragma once

// Refusals as problems (RFC 9457). It knows codes, sentences and amounts; where an error came from
// inside is nothing that it could show.

#include <string>
#include <string_view>

#include "domain/mode/engine.h"
#include "domain/refusal.h"
#include "wire/problem.h"

namespace tally::views {

// What stands before the code in a problem's type: "/problems/" or an absolute URL that ends so.
struct ProblemTypes {
  std::string prefix = "/problems/";
};

// `code` is one of wire::problem_kinds(), else the problem is "internal". Where the kind ends by
// itself it says after how many seconds to try again.
wire::Problem problem_view(ProblemTypes const& types, std::string_view code, std::string detail,
                           CorrelationId correlation);

wire::Problem refusal_view(ProblemTypes const& types, domain::Refusal const& refusal,
                           CorrelationId correlation);

// What may come after the mode that a refusal names; `row` is that mode's.
void add_way_out(wire::Problem& problem, domain::mode::Row const& row, Instant now);

wire::HaltDetails halt_view(domain::mode::Standstill const& why);
wire::MoneyDetails money_view(domain::Shortage const& shortage);

// Whole seconds, rounded up, at least 1 (RFC 9110 section 10.2.3).
std::int64_t retry_after_seconds(Duration wait);

}  // namespace tally::views
