#include "domain/run/limits.h"

namespace tally::domain::run {

namespace {

// No attempt may take as long (wire/submit_messages.h), and no sum of instants overflows.
constexpr std::int64_t kSecondsMost = 366LL * 24 * 3600;
constexpr std::int64_t kMillion = 1'000'000;

}  // namespace

std::optional<Duration> time_for(Price const& price, Micros hold, Micros spent) {
  std::int64_t const rate = price.per_second.value();
  if (price.reported || rate <= 0) return std::nullopt;
  std::int64_t const left =
      std::max<std::int64_t>(hold.value() - spent.value() - price.fixed.value(), 0);
  std::int64_t const whole = left / rate;
  if (whole >= kSecondsMost) return seconds(kSecondsMost);
  // The rest is below one second's price, which is at most 1e15: split, so that nothing overflows.
  std::int64_t const rest = left % rate;
  std::int64_t part = 0;
  if (__builtin_mul_overflow(rest, kMillion, &part)) {
    std::int64_t const per_microsecond = rate / kMillion;
    return seconds(whole) + Duration(std::min(rest / (per_microsecond + 1), kMillion - 1));
  }
  return seconds(whole) + Duration(part / rate);
}

std::optional<Instant> limit_of(std::optional<Instant> run_ends_at,
                                std::optional<Instant> cost_limit_at) {
  if (!run_ends_at || !cost_limit_at) return run_ends_at;
  return std::min(*run_ends_at, *cost_limit_at);
}

std::optional<StopReason> stop_reason(Row const& row, Instant work_at) {
  if (row.phase != Phase::running) return std::nullopt;
  if (row.cancel_requested) return StopReason::cancelled;
  if (row.stop_requested) return StopReason::stopped;
  if (row.cost_limit_at && *row.cost_limit_at <= work_at) return StopReason::cost_limit;
  if (row.run_ends_at && *row.run_ends_at <= work_at) return StopReason::timeout;
  return std::nullopt;
}

Duration time_left(Row const& row, Instant work_at) {
  if (row.phase == Phase::running) {
    auto const limit = limit_of(row.run_ends_at, row.cost_limit_at);
    return limit ? std::max(*limit - work_at, Duration(0)) : Duration(0);
  }
  auto const affordable = time_for(row.price, row.hold.amount, row.cost_so_far);
  return affordable ? std::min(*affordable, row.timeout) : row.timeout;
}

Duration lease_period(Row const& row, Instant work_at, Duration usual) {
  return std::min(usual, time_left(row, work_at) + kLimitGrace);
}

}  // namespace tally::domain::run
