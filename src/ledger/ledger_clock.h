#pragma once

// Ledger time: advances with the monotonic clock, slews to the wall clock by at most 500 ppm, never
// goes backwards. Somebody who sets the machine's clock therefore moves no deadline; a disagreement
// of more than 500 ms is reported once until it is gone.

#include <optional>

#include "ports/clock.h"

namespace tally::ledger {

class LedgerClock {
 public:
  // Starts at the wall clock, or at `not_before` (the last event) if that is later.
  LedgerClock(ports::Clock const& clock, Instant not_before);
  Instant now();
  // The disagreement (wall minus ledger), when it newly exceeds kStep.
  std::optional<Duration> take_step();

 private:
  static constexpr std::int64_t kSlewPpm = 500;
  static constexpr Duration kStep = milliseconds(500);

  ports::Clock const& clock_;
  Instant now_;
  Duration seen_;  // monotonic, when now_ was set
  bool stepped_ = false;
  std::optional<Duration> unreported_;
};

}  // namespace tally::ledger
