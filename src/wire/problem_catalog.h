#pragma once

// Every problem that the API can answer with: its code, status, and what helps. The table feeds
// the answers, the pages under /problems/ and the command line alike.

#include <span>
#include <string_view>

namespace tally::wire {

struct ProblemKind {
  std::string_view code;
  int status;
  std::string_view title;
  std::string_view meaning;
  std::string_view remedy;
};

std::span<ProblemKind const> problem_kinds();
// The kind of that code; the kind "internal" for a code that nobody knows.
ProblemKind const& problem_kind(std::string_view code);
// Null pointer when there is none.
ProblemKind const* find_problem_kind(std::string_view code);

}  // namespace tally::wire
