#pragma once

// When something recurs. Time zones are asked here and nowhere else: what decides hears of instants
// only. Real: platform/system_calendar, with the machine's time zone database. Simulated:
// sim/sim_calendar, which knows UTC.

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace tally::ports {

// Every so often, counted from 1970-01-01T00:00:00Z; or, where `every` is zero, once on each day of
// `zone`, at `minute` minutes after midnight by its clocks.
struct Recurrence {
  Duration every;
  std::int64_t minute = 0;  // 0 to 1439
  std::string zone;         // a name of the IANA time zone database, such as "Europe/Berlin"
};

class Calendar {
 public:
  virtual ~Calendar() = default;
  // The first slot strictly after `at`. A time that a day skips (clocks go forward) is the moment
  // at which they do; one that a day has twice is its first. Error "unknown_zone": this machine
  // does not know the zone. Any thread; may read a file, the first time that a zone is named.
  virtual Result<Instant> next_after(Recurrence const& rule, Instant at) const = 0;
};

// For `every` alone, which needs no calendar.
constexpr Instant slot_after(Duration every, Instant at) {
  return Instant((at.value() / every.value() + 1) * every.value());
}

}  // namespace tally::ports
