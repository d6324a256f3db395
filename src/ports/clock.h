#pragma once

// Where time comes from. `wall` may step when somebody sets the machine's clock; `monotonic`
// never goes backwards and counts from an arbitrary start. Real: platform/system_clock.
// Simulated: sim/sim_clock.

#include "base/time.h"

namespace tally::ports {

class Clock {
 public:
  virtual ~Clock() = default;
  // UTC, in microseconds. Any thread; never fails.
  virtual Instant wall() const = 0;
  // Microseconds since that start. Any thread; never fails.
  virtual Duration monotonic() const = 0;
};

}  // namespace tally::ports
