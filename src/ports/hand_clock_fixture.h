#pragma once

// A clock that the test moves.

#include "ports/clock.h"

namespace tally::ports::testing {

class HandClock final : public Clock {
 public:
  HandClock() = default;
  HandClock(Instant wall, Duration monotonic) : wall_(wall), monotonic_(monotonic) {}
  Instant wall() const override { return wall_; }
  Duration monotonic() const override { return monotonic_; }
  void advance(Duration by) {
    wall_ = wall_ + by;
    monotonic_ = monotonic_ + by;
  }
  // Somebody sets the machine's clock.
  void set_by(Duration step) { wall_ = wall_ + step; }

 private:
  Instant wall_{1'767'225'601'000'000};  // 2026-01-01T00:00:01Z
  Duration monotonic_ = seconds(1);
};

}  // namespace tally::ports::testing
