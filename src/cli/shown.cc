#include "cli/shown.h"

namespace tally::cli {

namespace {

// Where the parts stand in 2026-11-28T10:03:21.123456Z.
constexpr std::size_t kDayCharacters = 10;
constexpr std::size_t kClockAt = 11;
constexpr std::size_t kSecondsCharacters = 8;
constexpr std::size_t kMillisecondsCharacters = 12;

}  // namespace

std::string moment_text(Instant at) {
  std::string const text = to_rfc3339(at);
  return text.substr(0, kDayCharacters) + " " + text.substr(kClockAt, kSecondsCharacters);
}

std::string day_text(Instant at) { return to_rfc3339(at).substr(0, kDayCharacters); }

std::string clock_text(Instant at) {
  return to_rfc3339(at).substr(kClockAt, kMillisecondsCharacters);
}

Tone tone_of(std::string_view status) {
  if (status == "succeeded" || status == "valid") return Tone::good;
  if (status == "failed" || status == "expired" || status == "refused" || status == "revoked" ||
      status == "person_removed")
    return Tone::bad;
  if (status == "audit_required" || status == "queued" || status == "running") return Tone::waiting;
  return Tone::plain;
}

}  // namespace tally::cli
