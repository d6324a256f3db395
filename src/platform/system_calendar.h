#pragma once

// The calendar by the machine's time zone database (/usr/share/zoneinfo, package tzdata).

#include "ports/calendar.h"

namespace tally::platform {

class SystemCalendar final : public ports::Calendar {
 public:
  Result<Instant> next_after(ports::Recurrence const& rule, Instant at) const override;
};

}  // namespace tally::platform
