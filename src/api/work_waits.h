#pragma once

// Workers that wait for work. One waiter is woken for each word of new work; when it found some it
// passes the word on, so nobody sleeps beside a full queue and nobody stampedes. A tenant has at
// most an eighth of the places; who finds none is not kept waiting. Any thread.

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <set>
#include <vector>

#include "base/ids.h"
#include "base/mutex.h"
#include "base/time.h"

namespace tally::api {

struct WorkWaiter {
  TenantId tenant;
  std::vector<JobName> jobs;
  Duration until;              // monotonic
  std::function<bool()> gone;  // nobody waits any more: never woken
  std::function<void()> wake;  // called once: ask again, or answer when `until` has come
  // Called in its place, once, of who is gone: a caller that hung up is no error of anybody's, and
  // one that only ended its own side still reads.
  std::function<void()> left = {};
};

class WorkWaits {
 public:
  explicit WorkWaits(std::size_t waiters_max) : waiters_max_(waiters_max) {}

  // A number that changes whenever there is word of work for one of the jobs. Read it before
  // asking for work, and give it to `wait`: word that came in between is not lost.
  std::uint64_t seen(std::vector<JobName> const& jobs) const;

  static constexpr std::size_t kTenantShare = 8;  // a tenant waits in at most 1/8 of the places

  // full: there is no place for this tenant; answer at once.
  enum class Wait { waiting, try_again, full };
  Wait wait(std::uint64_t seen, WorkWaiter waiter);

  void available(JobName const& job);
  // The word that woke somebody of this tenant was not for it: there is no work of these jobs that
  // it may have. It goes on to the next who waits, of a tenant that has not had it yet.
  void pass_on(std::vector<JobName> const& jobs, TenantId const& tenant);
  // Wakes those whose time has come and forgets those who are gone.
  void tick(Duration now);
  std::size_t size() const;

 private:
  struct Tables {
    std::map<JobName, std::uint64_t> words;
    std::list<WorkWaiter> waiters;  // oldest first
    std::map<TenantId, std::size_t> shares;
    std::map<JobName, std::set<TenantId>> had;  // the last word, and found nothing
  };
  // Moves the waiter at `at` to `target`; its place is free.
  static void take(Tables& tables, std::list<WorkWaiter>::iterator at,
                   std::list<WorkWaiter>& target);
  // Outside the lock.
  static void finish(std::list<WorkWaiter>& dropped, std::list<WorkWaiter>& woken);
  static std::uint64_t sum(Tables const& tables, std::vector<JobName> const& jobs);

  std::size_t waiters_max_;
  Mutex<Tables> tables_;
};

}  // namespace tally::api
