#pragma once

// Ledger time: advances with the monotonic clock, slews to the wall clock by at most 500 ppm, never
// goes backwards. Somebody who sets the machine's clock therefore moves no deadline; a disagreement
// of more than 500 ms is reported once until it is gone. Whatever is compared with a time in the
// ledger (an age, a deadline, the end of a key) is compared with this time and never with the wall.

#include <atomic>
#include <optional>

#include "ports/clock.h"

namespace tally::ledger {

// A disagreement beyond this is an event and degrades health.
inline constexpr Duration kClockStep = milliseconds(500);

class LedgerClock {
 public:
  // Starts at the wall clock, or at `not_before` (the last event) if that is later.
  LedgerClock(ports::Clock const& clock, Instant not_before);
  Instant now();
  // Ledger time as it was set last, carried on by the monotonic clock. Any thread.
  Instant read() const { return Instant(offset_.load() + clock_.monotonic().value()); }
  // The disagreement (wall minus ledger), when it newly exceeds kClockStep.
  std::optional<Duration> take_step();

 private:
  static constexpr std::int64_t kSlewPpm = 500;

  Instant wall() const;
  void set(Instant now, Duration monotonic);

  ports::Clock const& clock_;
  Instant now_;
  Duration seen_;  // monotonic, when now_ was set
  std::atomic<std::int64_t> offset_ = 0;  // now_ minus seen_, in microseconds
  // Millionths of a microsecond of slew that short steps earned and could not use yet.
  std::int64_t slew_rest_ = 0;
  bool stepped_ = false;
  std::optional<Duration> unreported_;
};

}  // namespace tally::ledger
