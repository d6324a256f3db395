#pragma once

// Every problem that the API can answer with: its code, status, and what helps. The table feeds
// the answers, the pages under /problems/ and the command line alike.

#include <span>
#include <string_view>

namespace tally::wire {

// What ends the trouble. Somebody who was stopped on purpose waits for a person, whatever the clock
// says.
enum class EndedBy { time, person };

struct ProblemKind {
  std::string_view code;
  int status;
  std::string_view title;
  std::string_view meaning;
  std::string_view remedy;
  EndedBy ended_by = EndedBy::time;
};

// May the same request, sent again by itself, get another answer?
//
//   later    429 and 503 that end by themselves: the answer says after how many seconds
//   never    402, 409, 422, and what only a person ends: the answer says x-should-retry: false
//   unsaid   everything else: what a client makes of the status is right
enum class Retry { later, never, unsaid };
constexpr Retry retry_of(ProblemKind const& kind) {
  if (kind.status == 402 || kind.status == 409 || kind.status == 422) return Retry::never;
  if (kind.status != 429 && kind.status != 503) return Retry::unsaid;
  return kind.ended_by == EndedBy::person ? Retry::never : Retry::later;
}

std::span<ProblemKind const> problem_kinds();
// The kind of that code; the kind "internal" for a code that nobody knows.
ProblemKind const& problem_kind(std::string_view code);
// Null pointer when there is none.
ProblemKind const* find_problem_kind(std::string_view code);

}  // namespace tally::wire
