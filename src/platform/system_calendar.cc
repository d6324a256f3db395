#include "platform/system_calendar.h"

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

namespace tally::platform {

namespace {

// A day that has the time twice has it first before its clocks go back (`pre`); where the time is
// skipped, they go forward at `trans`.
Instant slot_on(absl::CivilDay day, std::int64_t minute, absl::TimeZone const& zone) {
  auto const found = zone.At(absl::CivilSecond(absl::CivilMinute(day) + minute));
  bool const skipped = found.kind == absl::TimeZone::TimeInfo::SKIPPED;
  return Instant(absl::ToUnixMicros(skipped ? found.trans : found.pre));
}

}  // namespace

Result<Instant> SystemCalendar::next_after(ports::Recurrence const& rule, Instant at) const {
  if (rule.every > Duration(0)) return ports::slot_after(rule.every, at);
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(rule.zone, &zone))
    return fail("unknown_zone",
                "this machine does not know the time zone " + rule.zone +
                    ": name one of the IANA database, such as UTC, or install tzdata");
  absl::CivilDay day(zone.At(absl::FromUnixMicros(at.value())).cs);
  Instant slot = slot_on(day, rule.minute, zone);
  // A zone that changes its side of the date line has no such day at all.
  while (slot <= at) slot = slot_on(++day, rule.minute, zone);
  return slot;
}

}  // namespace tally::platform
