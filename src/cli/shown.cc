#include "cli/shown.h"

#include <algorithm>

namespace tally::cli {

namespace {

// Where the parts stand in 2026-11-28T10:03:21.123456Z.
constexpr std::size_t kDayCharacters = 10;
constexpr std::size_t kClockAt = 11;
constexpr std::size_t kSecondsCharacters = 8;
constexpr std::size_t kMillisecondsCharacters = 12;

bool is_of_a_word(char c) {
  constexpr std::string_view kSigns = "-._:/@+";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kSigns.find(c) != std::string_view::npos;
}

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

std::string in_quotes(std::string_view text) {
  std::string quoted(1, '"');
  for (char const c : text) {
    if (c == '"' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  return quoted + '"';
}

std::string as_a_word(std::string_view text) {
  return std::ranges::all_of(text, is_of_a_word) ? std::string(text) : in_quotes(text);
}

}  // namespace tally::cli
