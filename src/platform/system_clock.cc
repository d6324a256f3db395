#include "platform/system_clock.h"

#include <ctime>

#include "base/check.h"

namespace tally::platform {

namespace {

std::int64_t micros_of(clockid_t clock) {
  timespec read{};
  TALLY_CHECK(::clock_gettime(clock, &read) == 0, "the machine has no clock");
  return std::int64_t{read.tv_sec} * 1'000'000 + read.tv_nsec / 1'000;
}

}  // namespace

Instant SystemClock::wall() const { return believed(Instant(micros_of(CLOCK_REALTIME))); }

Duration SystemClock::monotonic() const { return Duration(micros_of(CLOCK_MONOTONIC)); }

}  // namespace tally::platform
