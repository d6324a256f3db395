#pragma once

// Who asked for which work, and when, so that a waiting run can say whether any worker would take
// it. It is of this process only: nothing records it, and no decision reads it. Any thread.

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/mutex.h"
#include "base/time.h"

namespace tally::api {

class WorkPolls {
 public:
  // Pairs of job and tenant that are remembered; for more, the one that asked longest ago is
  // forgotten.
  static constexpr std::size_t kPollsMax = 10'000;

  // `tenant`: of the worker's key; none: it takes work of all. `now` is monotonic.
  void asked(std::vector<JobName> const& jobs, std::optional<TenantId> const& tenant, Duration now);
  // When a worker that may take this tenant's runs of this job last asked; none: never.
  std::optional<Duration> last(JobName const& job, TenantId const& tenant) const;

 private:
  using Who = std::pair<JobName, std::optional<TenantId>>;
  Mutex<std::map<Who, Duration>> polls_;
};

}  // namespace tally::api
