#pragma once

// How many requests somebody may make: a fixed window that begins with the first request and lasts
// as long as the rate says. The quota's q-th request passes, the next does not. What the fields
// say is true at the moment of the answer.

#include <cstdint>
#include <map>
#include <string>

#include "api/options.h"
#include "api/rates.h"
#include "base/mutex.h"
#include "base/time.h"
#include "domain/directory/rows.h"
#include "ports/http.h"

namespace tally::api {

struct RateVerdict {
  bool allowed = true;
  std::string policy;          // see policy_of
  std::int64_t quota = 0;      // q
  std::int64_t window_s = 0;   // w
  std::int64_t remaining = 0;  // r
  std::int64_t reset_s = 0;    // t: whole seconds, rounded up, until the window ends
};

class RateLimiter {
 public:
  // Windows remembered at once; past it the newcomers of a class share one, so memory is bounded
  // and nobody is unlimited.
  static constexpr std::size_t kTrackedMax = 65'536;

  explicit RateLimiter(std::size_t tracked_max = kTrackedMax) : tracked_max_(tracked_max) {}

  // Counts one request of this class of `who` (tenant, key or address) at `now` (monotonic).
  RateVerdict take(RateClass what, std::string const& who, std::string policy,
                   domain::directory::Rate const& rate, Duration now);
  std::size_t tracked() const;

 private:
  struct Window {
    Duration ends;
    std::int64_t used = 0;
  };
  using Key = std::pair<RateClass, std::string>;
  struct Windows {
    std::map<Key, Window> rows;
    Duration full_until;  // all rows are in use until then, as far as the last look has shown
  };
  Window& window_of(Windows& windows, Key const& key, Duration now) const;

  std::size_t tracked_max_;
  Mutex<Windows> windows_;
};

// RateLimit-Policy and RateLimit in the form of draft-ietf-httpapi-ratelimit-headers-11 (an
// Internet-Draft, no standard), and Retry-After on a refusal; this is the only place that writes
// them.
void append_rate_fields(ports::HttpHeaders& headers, RateVerdict const& verdict, RateFields form);

}  // namespace tally::api
