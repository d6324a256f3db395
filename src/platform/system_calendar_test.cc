#include "platform/system_calendar.h"

#include <gtest/gtest.h>

namespace tally::platform {
namespace {

constexpr std::int64_t kThree = 3 * 60;

std::string next(ports::Recurrence const& rule, std::string_view at) {
  auto const found = SystemCalendar().next_after(rule, *from_rfc3339(at));
  return found ? to_rfc3339(*found).substr(0, 16) : found.error().code;
}
std::string daily(std::string zone, std::int64_t minute, std::string_view at) {
  return next({.every = {}, .minute = minute, .zone = std::move(zone)}, at);
}

TEST(SystemCalendar, CountsWhatRecursEverySoOftenFromTheBeginningOfTime) {
  ports::Recurrence const rule{.every = hours(6), .minute = 0, .zone = {}};
  EXPECT_EQ(next(rule, "2026-01-01T05:59:59Z"), "2026-01-01T06:00");
  EXPECT_EQ(next(rule, "2026-01-01T06:00:00Z"), "2026-01-01T12:00");
}

TEST(SystemCalendar, NamesTheNextDayOnceTheTimeOfThisOneHasCome) {
  EXPECT_EQ(daily("UTC", kThree, "2026-02-28T02:59:59.999999Z"), "2026-02-28T03:00");
  EXPECT_EQ(daily("UTC", kThree, "2026-02-28T03:00:00Z"), "2026-03-01T03:00");
}

TEST(SystemCalendar, FollowsTheClocksOfAZone) {
  EXPECT_EQ(daily("Europe/Berlin", kThree, "2026-01-15T12:00:00Z"), "2026-01-16T02:00");
  EXPECT_EQ(daily("Europe/Berlin", kThree, "2026-07-15T12:00:00Z"), "2026-07-16T01:00");
}

// On 2026-03-29 Berlin has no time from 02:00 to 03:00.
TEST(SystemCalendar, TakesTheMomentAtWhichClocksGoForwardForATimeThatTheySkip) {
  EXPECT_EQ(daily("Europe/Berlin", 150, "2026-03-28T12:00:00Z"), "2026-03-29T01:00");
  EXPECT_EQ(daily("Europe/Berlin", 150, "2026-03-29T01:00:00Z"), "2026-03-30T00:30");
}

// On 2026-10-25 Berlin has the time from 02:00 to 03:00 twice.
TEST(SystemCalendar, TakesATimeThatADayHasTwiceOnce) {
  EXPECT_EQ(daily("Europe/Berlin", 150, "2026-10-24T12:00:00Z"), "2026-10-25T00:30");
  EXPECT_EQ(daily("Europe/Berlin", 150, "2026-10-25T00:30:00Z"), "2026-10-26T01:30");
}

TEST(SystemCalendar, SaysThatAZoneIsUnknown) {
  EXPECT_EQ(daily("Europe/Atlantis", kThree, "2026-01-01T00:00:00Z"), "unknown_zone");
}

}  // namespace
}  // namespace tally::platform
