#pragma once

// Time as integers. An Instant is microseconds since 1970-01-01T00:00:00Z, a Duration
// microseconds between two. Where they come from is a port (ports/clock.h).

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/strong.h"

namespace tally {

struct Duration : Strong<Duration, std::int64_t> {
  using Strong::Strong;
  friend constexpr Duration operator+(Duration a, Duration b) {
    return Duration(a.value() + b.value());
  }
  friend constexpr Duration operator-(Duration a, Duration b) {
    return Duration(a.value() - b.value());
  }
};

constexpr Duration microseconds(std::int64_t n) { return Duration(n); }
constexpr Duration milliseconds(std::int64_t n) { return Duration(n * 1'000); }
constexpr Duration seconds(std::int64_t n) { return Duration(n * 1'000'000); }
constexpr Duration hours(std::int64_t n) { return seconds(n * 3600); }

struct Instant : Strong<Instant, std::int64_t> {
  using Strong::Strong;
  friend constexpr Instant operator+(Instant a, Duration b) {
    return Instant(a.value() + b.value());
  }
  friend constexpr Instant operator-(Instant a, Duration b) {
    return Instant(a.value() - b.value());
  }
  friend constexpr Duration operator-(Instant a, Instant b) {
    return Duration(a.value() - b.value());
  }
};

// The last instant that can be recorded, 2255-06-05T23:47:34.740991Z: integers in the ledger end at
// 2^53-1. What a caller or a file names beyond it is refused where it is read.
inline constexpr Instant kInstantMax{(std::int64_t{1} << 53) - 1};
// Wall clocks are believed up to 2200-01-01: what is counted from now on, deadlines of years among
// it, stays below kInstantMax.
inline constexpr Instant kWallMax{7'258'118'400'000'000};
constexpr Instant believed(Instant wall) { return std::clamp(wall, Instant(0), kWallMax); }

// RFC 3339 in UTC with microseconds: 2026-01-31T09:59:07.000123Z.
std::string to_rfc3339(Instant instant);
// Accepts what to_rfc3339 writes, with 0 to 6 fractional digits; UTC ("Z") only.
std::optional<Instant> from_rfc3339(std::string_view text);

}  // namespace tally
