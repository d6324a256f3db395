#include "ledger/ledger_clock.h"

#include <algorithm>

namespace tally::ledger {

namespace {

constexpr std::int64_t kMillion = 1'000'000;

}  // namespace

LedgerClock::LedgerClock(ports::Clock const& clock, Instant not_before) : clock_(clock) {
  set(std::max(wall(), not_before), clock.monotonic());
}

Instant LedgerClock::wall() const { return believed(clock_.wall()); }

void LedgerClock::set(Instant now, Duration monotonic) {
  now_ = now;
  seen_ = monotonic;
  offset_ = now.value() - monotonic.value();
}

// A busy loop asks every few microseconds, so what one step may slew is less than a microsecond:
// the rest is carried to the next.
Instant LedgerClock::now() {
  Duration const mono = clock_.monotonic();
  std::int64_t const passed = std::max<std::int64_t>((mono - seen_).value(), 0);
  std::int64_t const earned = slew_rest_ + passed * kSlewPpm;
  std::int64_t const slew_max = earned / kMillion;
  slew_rest_ = earned % kMillion;
  std::int64_t const error = (wall() - (now_ + Duration(passed))).value();
  set(now_ + Duration(passed + std::clamp(error, -slew_max, slew_max)), mono);
  bool const stepped = error > kClockStep.value() || error < -kClockStep.value();
  if (stepped && !stepped_) unreported_ = Duration(error);
  stepped_ = stepped;
  return now_;
}

std::optional<Duration> LedgerClock::take_step() {
  return std::exchange(unreported_, std::nullopt);
}

}  // namespace tally::ledger
