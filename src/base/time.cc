#include "base/time.h"

#include <chrono>

#include "base/decimal.h"

namespace tally {

namespace {

// Reads exactly `width` digits at the front of `text` and drops them.
std::optional<int> take_digits(std::string_view& text, std::size_t width) {
  if (text.size() < width) return std::nullopt;
  int value = 0;
  for (char c : text.substr(0, width)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(width);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return 0;
  std::int64_t micros = 0;
  std::size_t digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9' && digits < 6) {
    micros = micros * 10 + (text.front() - '0');
    text.remove_prefix(1);
    ++digits;
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 6; ++digits) micros *= 10;
  return micros;
}

}  // namespace

std::string to_rfc3339(Instant instant) {
  using namespace std::chrono;
  sys_time<std::chrono::microseconds> const at{std::chrono::microseconds(instant.value())};
  auto const day = floor<days>(at);
  year_month_day const date(day);
  hh_mm_ss const clock(at - day);
  std::string text;
  auto const append = [&](auto number, std::size_t width, char behind) {
    append_decimal(text, static_cast<std::uint64_t>(number), width);
    text.push_back(behind);
  };
  append(static_cast<int>(date.year()), 4, '-');
  append(static_cast<unsigned>(date.month()), 2, '-');
  append(static_cast<unsigned>(date.day()), 2, 'T');
  append(clock.hours().count(), 2, ':');
  append(clock.minutes().count(), 2, ':');
  append(clock.seconds().count(), 2, '.');
  append(clock.subseconds().count(), 6, 'Z');
  return text;
}

std::optional<Instant> from_rfc3339(std::string_view text) {
  using namespace std::chrono;
  auto const y = take_digits(text, 4);
  if (!y || !take(text, '-')) return std::nullopt;
  auto const mo = take_digits(text, 2);
  if (!mo || !take(text, '-')) return std::nullopt;
  auto const d = take_digits(text, 2);
  if (!d || !take(text, 'T')) return std::nullopt;
  auto const h = take_digits(text, 2);
  if (!h || !take(text, ':')) return std::nullopt;
  auto const mi = take_digits(text, 2);
  if (!mi || !take(text, ':')) return std::nullopt;
  auto const s = take_digits(text, 2);
  if (!s) return std::nullopt;
  auto const fraction = take_fraction(text);
  if (!fraction || text != "Z") return std::nullopt;
  year_month_day const date(year(*y), month(static_cast<unsigned>(*mo)),
                            day(static_cast<unsigned>(*d)));
  if (!date.ok() || *h > 23 || *mi > 59 || *s > 59) return std::nullopt;
  std::int64_t const whole =
      std::int64_t{sys_days(date).time_since_epoch().count()} * 86'400 + *h * 3'600 + *mi * 60 + *s;
  return Instant(whole * 1'000'000 + *fraction);
}

}  // namespace tally
