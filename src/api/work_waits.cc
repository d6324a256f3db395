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
    std::size_t const share = std::max<std::size_t>(waiters_max_ / kTenantShare, 1);
    auto const held = tables.shares.find(waiter.tenant);
    bool const share_used = held != tables.shares.end() && held->second >= share;
    if (share_used || tables.waiters.size() >= waiters_max_) return Wait::full;
    ++tables.shares[waiter.tenant];
    tables.waiters.push_back(std::move(waiter));
    return Wait::waiting;
  });
}

void WorkWaits::take(Tables& tables, std::list<WorkWaiter>::iterator at,
                     std::list<WorkWaiter>& target) {
  auto const share = tables.shares.find(at->tenant);
  if (--share->second == 0) tables.shares.erase(share);
  target.splice(target.end(), tables.waiters, at);
}

void WorkWaits::finish(std::list<WorkWaiter>& dropped, std::list<WorkWaiter>& woken) {
  for (auto& waiter : dropped)
    if (waiter.left) waiter.left();
  for (auto& waiter : woken) waiter.wake();
}

void WorkWaits::available(JobName const& job) {
  std::list<WorkWaiter> dropped;  // left, and woken, outside the lock
  std::list<WorkWaiter> woken;
  tables_.with([&](Tables& tables) {
    ++tables.words[job];
    tables.had.erase(job);
    for (auto at = tables.waiters.begin(); at != tables.waiters.end() && woken.empty();) {
      auto const next = std::next(at);
      bool const wants = std::ranges::find(at->jobs, job) != at->jobs.end();
      if (wants) {
        take(tables, at, at->gone() ? dropped : woken);
      }
      at = next;
    }
  });
  finish(dropped, woken);
}

void WorkWaits::pass_on(std::vector<JobName> const& jobs, TenantId const& tenant) {
  std::list<WorkWaiter> dropped;
  std::list<WorkWaiter> woken;
  tables_.with([&](Tables& tables) {
    // Of a job that there was never word of, nothing is kept: callers choose names.
    for (auto const& job : jobs)
      if (tables.words.contains(job)) tables.had[job].insert(tenant);
    auto const may_have_it = [&](WorkWaiter const& waiter) {
      return std::ranges::any_of(jobs, [&](JobName const& job) {
        auto const had = tables.had.find(job);
        return had != tables.had.end() && !had->second.contains(waiter.tenant) &&
               std::ranges::find(waiter.jobs, job) != waiter.jobs.end();
      });
    };
    for (auto at = tables.waiters.begin(); at != tables.waiters.end() && woken.empty();) {
      auto const next = std::next(at);
      if (may_have_it(*at)) take(tables, at, at->gone() ? dropped : woken);
      at = next;
    }
  });
  finish(dropped, woken);
}

void WorkWaits::tick(Duration now) {
  std::list<WorkWaiter> dropped;
  std::list<WorkWaiter> due;
  tables_.with([&](Tables& tables) {
    for (auto at = tables.waiters.begin(); at != tables.waiters.end();) {
      auto const next = std::next(at);
      if (at->gone()) {
        take(tables, at, dropped);
      } else if (at->until <= now) {
        take(tables, at, due);
      }
      at = next;
    }
  });
  finish(dropped, due);
}

std::size_t WorkWaits::size() const {
  return tables_.with([](Tables const& tables) { return tables.waiters.size(); });
}

}  // namespace tally::api
