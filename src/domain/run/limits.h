#pragma once

// How long a run may go on, and how often it may come back: every bound on an execution, by name.
//
//   leased, not started   given back or run out at most kReturnsMax times, each after a longer rest
//   started               until its time limit, or until its hold is used up, whichever is sooner
//   past that             kLimitGrace, in which its worker stops it and reports
//   past that too         the run ends by itself, whatever became of its worker

#include <algorithm>

#include "domain/run/situation.h"

namespace tally::domain::run {

// Leases of one run that may be given back, or run out, before their start. The last one ends it.
inline constexpr std::int64_t kReturnsMax = 10;
// How long a run rests after the first of them; twice as long after each further one, up to the
// most.
inline constexpr Duration kReturnRestFirst = seconds(1);
inline constexpr Duration kReturnRestMost = seconds(60);
// Between a run's limit and the moment that it ends without its worker.
inline constexpr Duration kLimitGrace = seconds(10);

// The rest after that many returns; at least one.
constexpr Duration rest_after(std::int64_t returns) {
  std::int64_t rest = kReturnRestFirst.value();
  for (std::int64_t n = 1; n < returns && rest < kReturnRestMost.value(); ++n) rest *= 2;
  return Duration(std::min(rest, kReturnRestMost.value()));
}

// How long work at `price` runs until `hold` is used up, of which `spent` is; never below zero. The
// work costs no more than the hold then. None: the price has no rate.
std::optional<Duration> time_for(Price const& price, Micros hold, Micros spent);

// What of its two limits a running run reaches first, on the work clock; none before its start.
std::optional<Instant> limit_of(std::optional<Instant> run_ends_at,
                                std::optional<Instant> cost_limit_at);

// Why a worker must stop, in the words of the API.
enum class StopReason { cancelled, cost_limit, stopped, timeout };
constexpr std::array<StopReason, 4> all_of(StopReason) {
  using enum StopReason;
  return {cancelled, cost_limit, stopped, timeout};
}
constexpr std::string_view name_of(StopReason reason) {
  constexpr std::array<std::string_view, 4> names{"cancelled", "cost_limit", "stopped", "timeout"};
  return names[static_cast<std::size_t>(reason)];
}

// Why the work on this row must stop now, if it must.
std::optional<StopReason> stop_reason(Row const& row, Instant work_at);
// What is left of the time of its attempt: all of it before the start, nothing after its limit.
Duration time_left(Row const& row, Instant work_at);
// How long a lease of it may go without a word.
Duration lease_period(Row const& row, Instant work_at, Duration usual);

}  // namespace tally::domain::run
