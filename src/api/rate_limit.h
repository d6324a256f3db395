#pragma once

// How many requests a tenant may make: a fixed window that begins with the first request and lasts
// as long as the plan says. The quota's q-th request passes, the next does not. What the fields
// say is true at the moment of the answer.

#include <cstdint>
#include <map>
#include <string>

#include "api/options.h"
#include "base/mutex.h"
#include "base/time.h"
#include "domain/directory/rows.h"
#include "ports/http.h"

namespace tally::api {

struct RateVerdict {
  bool allowed = true;
  std::string policy;          // name of the plan
  std::int64_t quota = 0;      // q
  std::int64_t window_s = 0;   // w
  std::int64_t remaining = 0;  // r
  std::int64_t reset_s = 0;    // t: whole seconds, rounded up, until the window ends
};

class RateLimiter {
 public:
  // Windows remembered at once; past it the newcomers share one, so memory is bounded and nobody
  // is unlimited.
  static constexpr std::size_t kTrackedMax = 65'536;

  explicit RateLimiter(std::size_t tracked_max = kTrackedMax) : tracked_max_(tracked_max) {}

  // Counts one request of `who` at `now` (monotonic).
  RateVerdict take(std::string const& who, std::string const& policy,
                   domain::directory::Rate const& rate, Duration now);
  std::size_t tracked() const;

 private:
  struct Window {
    Duration ends;
    std::int64_t used = 0;
  };
  using Windows = std::map<std::string, Window>;
  Window& window_of(Windows& windows, std::string const& who, Duration now) const;

  std::size_t tracked_max_;
  Mutex<Windows> windows_;
};

// RateLimit-Policy and RateLimit in the form of draft-ietf-httpapi-ratelimit-headers-11 (an
// Internet-Draft, no standard), and Retry-After on a refusal; this is the only place that writes
// them.
void append_rate_fields(ports::HttpHeaders& headers, RateVerdict const& verdict, RateFields form);

}  // namespace tally::api
