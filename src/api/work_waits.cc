#include "api/work_waits.h"

#include <algorithm>

namespace tally::api {

std::uint64_t WorkWaits::sum(Tables const& tables, std::vector<JobName> const& jobs) {
  std::uint64_t total = 0;
  for (auto const& job : jobs) {
    auto const at = tables.words.find(job);
    if (at != tables.words.end()) total += at->second;
  }
  return total;
}

std::uint64_t WorkWaits::seen(std::vector<JobName> const& jobs) const {
  return tables_.with([&](Tables const& tables) { return sum(tables, jobs); });
}

WorkWaits::Wait WorkWaits::wait(std::uint64_t seen, WorkWaiter waiter) {
  return tables_.with([&](Tables& tables) {
    if (sum(tables, waiter.jobs) != seen) return Wait::try_again;
    if (tables.waiters.size() >= waiters_max_) return Wait::full;
    tables.waiters.push_back(std::move(waiter));
    return Wait::waiting;
  });
}

void WorkWaits::available(JobName const& job) {
  std::list<WorkWaiter> dropped;  // destroyed, and woken, outside the lock
  std::list<WorkWaiter> woken;
  tables_.with([&](Tables& tables) {
    ++tables.words[job];
    for (auto at = tables.waiters.begin(); at != tables.waiters.end() && woken.empty();) {
      auto const next = std::next(at);
      bool const wants = std::ranges::find(at->jobs, job) != at->jobs.end();
      if (wants) {
        auto& target = at->gone() ? dropped : woken;
        target.splice(target.end(), tables.waiters, at);
      }
      at = next;
    }
  });
  for (auto& waiter : woken) waiter.wake();
}

void WorkWaits::tick(Duration now) {
  std::list<WorkWaiter> dropped;
  std::list<WorkWaiter> due;
  tables_.with([&](Tables& tables) {
    for (auto at = tables.waiters.begin(); at != tables.waiters.end();) {
      auto const next = std::next(at);
      if (at->gone()) {
        dropped.splice(dropped.end(), tables.waiters, at);
      } else if (at->until <= now) {
        due.splice(due.end(), tables.waiters, at);
      }
      at = next;
    }
  });
  for (auto& waiter : due) waiter.wake();
}

std::size_t WorkWaits::size() const {
  return tables_.with([](Tables const& tables) { return tables.waiters.size(); });
}

}  // namespace tally::api
