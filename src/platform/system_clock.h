#pragma once

// The machine's clocks: CLOCK_REALTIME for `wall`, CLOCK_MONOTONIC for `monotonic`.

#include "base/time.h"
#include "ports/clock.h"

namespace tally::platform {

class SystemClock final : public ports::Clock {
 public:
  Instant wall() const override;
  Duration monotonic() const override;
};

}  // namespace tally::platform
