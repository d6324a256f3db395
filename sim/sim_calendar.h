#pragma once

// A calendar of days that all have 24 hours.

#include "ports/calendar.h"

namespace tally::sim {

class SimCalendar final : public ports::Calendar {
 public:
  Result<Instant> next_after(ports::Recurrence const& rule, Instant at) const override {
    if (rule.every > Duration(0)) return ports::slot_after(rule.every, at);
    if (rule.zone != "UTC") return fail("unknown_zone", "the simulated calendar knows UTC only");
    Duration const minutes = seconds(60 * rule.minute);
    return ports::slot_after(hours(24), at - minutes) + minutes;
  }
};

}  // namespace tally::sim
