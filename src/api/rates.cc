#include "api/rates.h"

#include <algorithm>

namespace tally::api {

namespace {

constexpr std::int64_t kMicrosecondsOfASecond = 1'000'000;
constexpr std::int64_t kRequestsCounted = 1'000'000'000;  // a larger plan is as good as none

// `times` the plan's requests, in a window of `window_s`.
std::int64_t scaled(domain::directory::Rate const& plan, std::int64_t times,
                    std::int64_t window_s) {
  std::int64_t const requests = std::min(plan.requests, kRequestsCounted);
  std::int64_t const window = std::max<std::int64_t>(plan.window.value(), 1);
  return requests * times * window_s * kMicrosecondsOfASecond / window;
}

}  // namespace

domain::directory::Rate rate_of(RateClass what, domain::directory::Rate const& plan) {
  constexpr std::int64_t kMinute = 60;
  switch (what) {
    case RateClass::read:
      return {.requests = std::max(kReadsPerMinuteLeast, scaled(plan, kReadsOfASubmit, kMinute)),
              .window = seconds(kMinute)};
    case RateClass::work:
      return {.requests = std::max(kWorkCallsPerSecondLeast, scaled(plan, kWorkCallsOfASubmit, 1)),
              .window = seconds(1)};
    case RateClass::control:
      return {.requests = kControlsPerMinute, .window = seconds(kMinute)};
    case RateClass::submit:
    case RateClass::open:
    case RateClass::probe:
    case RateClass::unauthenticated:
    case RateClass::claim:
      return plan;
  }
  return plan;
}

std::string policy_of(RateClass what, std::string_view plan) {
  switch (what) {
    case RateClass::submit:
      return std::string(plan);
    case RateClass::read:
      return std::string(plan) + ".read";
    case RateClass::work:
      return std::string(plan) + ".work";
    case RateClass::control:
      return "control";
    case RateClass::open:
      return "open";
    case RateClass::probe:
      return "probe";
    case RateClass::unauthenticated:
      return "unauthenticated";
    case RateClass::claim:
      return "claims";
  }
  return "unauthenticated";
}

}  // namespace tally::api
