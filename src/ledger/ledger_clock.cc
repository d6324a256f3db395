#include "ledger/ledger_clock.h"

#include <algorithm>

namespace tally::ledger {

LedgerClock::LedgerClock(ports::Clock const& clock, Instant not_before)
    : clock_(clock), now_(std::max(clock.wall(), not_before)), seen_(clock.monotonic()) {}

Instant LedgerClock::now() {
  Duration const mono = clock_.monotonic();
  std::int64_t const passed = std::max<std::int64_t>((mono - seen_).value(), 0);
  std::int64_t const slew_max = passed * kSlewPpm / 1'000'000;
  std::int64_t const error = (clock_.wall() - (now_ + Duration(passed))).value();
  now_ = now_ + Duration(passed + std::clamp(error, -slew_max, slew_max));
  seen_ = mono;
  bool const stepped = error > kStep.value() || error < -kStep.value();
  if (stepped && !stepped_) unreported_ = Duration(error);
  stepped_ = stepped;
  return now_;
}

std::optional<Duration> LedgerClock::take_step() {
  return std::exchange(unreported_, std::nullopt);
}

}  // namespace tally::ledger
