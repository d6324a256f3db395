#include "api/rate_limit.h"

#include <algorithm>

namespace tally::api {

namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr Duration kLookAgain = seconds(1);

std::int64_t seconds_up(Duration duration) {
  return std::max<std::int64_t>(1, (duration.value() + kSecond - 1) / kSecond);
}

}  // namespace

// A look through all rows costs a millisecond: where it has found none to forget, the next one
// waits.
RateLimiter::Window& RateLimiter::window_of(Windows& windows, Key const& key, Duration now) const {
  auto& rows = windows.rows;
  if (auto const at = rows.find(key); at != rows.end()) return at->second;
  if (rows.size() >= tracked_max_ && windows.full_until <= now) {
    std::erase_if(rows, [&](auto const& one) { return one.second.ends <= now; });
    if (rows.size() >= tracked_max_) windows.full_until = now + kLookAgain;
  }
  return rows[rows.size() < tracked_max_ ? key : Key(key.first, std::string())];
}

RateVerdict RateLimiter::take(RateClass what, std::string const& who, std::string policy,
                              domain::directory::Rate const& rate, Duration now) {
  return windows_.with([&](Windows& windows) {
    Window& window = window_of(windows, {what, who}, now);
    if (window.ends <= now) window = {.ends = now + rate.window, .used = 0};
    // A plan that shrank its window is obeyed at once.
    window.ends = std::min(window.ends, now + rate.window);
    bool const allowed = window.used < rate.requests;
    if (allowed) ++window.used;
    return RateVerdict{.allowed = allowed,
                       .policy = std::move(policy),
                       .quota = rate.requests,
                       .window_s = seconds_up(rate.window),
                       .remaining = std::max<std::int64_t>(0, rate.requests - window.used),
                       .reset_s = seconds_up(window.ends - now)};
  });
}

std::size_t RateLimiter::tracked() const {
  return windows_.with([](Windows const& windows) { return windows.rows.size(); });
}

void append_rate_fields(ports::HttpHeaders& headers, RateVerdict const& verdict, RateFields form) {
  if (form == RateFields::draft_11) {
    std::string const name = "\"" + verdict.policy + "\"";
    headers.emplace_back("ratelimit-policy", name + ";q=" + std::to_string(verdict.quota) +
                                                 ";w=" + std::to_string(verdict.window_s));
    headers.emplace_back("ratelimit", name + ";r=" + std::to_string(verdict.remaining) +
                                          ";t=" + std::to_string(verdict.reset_s));
  }
  if (!verdict.allowed) headers.emplace_back("retry-after", std::to_string(verdict.reset_s));
}

}  // namespace tally::api
