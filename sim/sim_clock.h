#pragma once

// Time that stands still until the world moves it. The wall clock runs a little fast or slow and
// jumps when somebody sets it; the monotonic one does neither.

#include "ports/clock.h"

namespace tally::sim {

// 2026-01-01T00:00:00Z: where every simulated life begins.
inline constexpr Instant kLifeBegins{1'767'225'600'000'000};

class SimClock final : public ports::Clock {
 public:
  Instant wall() const override {
    return kLifeBegins + now_ + wall_offset_ + Duration(now_.value() / 1'000'000 * drift_ppm_);
  }
  Duration monotonic() const override { return now_; }

  void advance_to(Duration when) {
    if (when > now_) now_ = when;
  }
  void step_wall(Duration by) { wall_offset_ = wall_offset_ + by; }
  void drift(std::int64_t ppm) { drift_ppm_ = ppm; }

 private:
  Duration now_;
  Duration wall_offset_;
  std::int64_t drift_ppm_ = 0;
};

}  // namespace tally::sim
