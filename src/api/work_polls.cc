#include "api/work_polls.h"

#include <algorithm>

namespace tally::api {

void WorkPolls::asked(std::vector<JobName> const& jobs, std::optional<TenantId> const& tenant,
                      Duration now) {
  polls_.with([&](std::map<Who, Duration>& polls) {
    for (JobName const& job : jobs) {
      polls.insert_or_assign({job, tenant}, now);
      if (polls.size() <= kPollsMax) continue;
      polls.erase(
          std::ranges::min_element(polls, {}, [](auto const& poll) { return poll.second; }));
    }
  });
}

std::optional<Duration> WorkPolls::last(JobName const& job, TenantId const& tenant) const {
  return polls_.with([&](std::map<Who, Duration> const& polls) {
    std::optional<Duration> found;
    for (auto const& who : {std::optional<TenantId>(), std::optional(tenant)}) {
      auto const at = polls.find({job, who});
      if (at != polls.end()) found = std::max(found.value_or(at->second), at->second);
    }
    return found;
  });
}

}  // namespace tally::api
