#pragma once

// Workers that wait for work. One waiter is woken for each word of new work; when it found some it
// passes the word on, so nobody sleeps beside a full queue and nobody stampedes. Any thread.

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <vector>

#include "base/ids.h"
#include "base/mutex.h"
#include "base/time.h"

namespace tally::api {

struct WorkWaiter {
  std::vector<JobName> jobs;
  Duration until;              // monotonic
  std::function<bool()> gone;  // nobody waits any more: dropped without a word
  std::function<void()> wake;  // called once: ask again, or answer when `until` has come
};

class WorkWaits {
 public:
  explicit WorkWaits(std::size_t waiters_max) : waiters_max_(waiters_max) {}

  // A number that changes whenever there is word of work for one of the jobs. Read it before
  // asking for work, and give it to `wait`: word that came in between is not lost.
  std::uint64_t seen(std::vector<JobName> const& jobs) const;

  enum class Wait { waiting, try_again, full };
  Wait wait(std::uint64_t seen, WorkWaiter waiter);

  void available(JobName const& job);
  // Wakes those whose time has come and forgets those who are gone.
  void tick(Duration now);
  std::size_t size() const;

 private:
  struct Tables {
    std::map<JobName, std::uint64_t> words;
    std::list<WorkWaiter> waiters;  // oldest first
  };
  static std::uint64_t sum(Tables const& tables, std::vector<JobName> const& jobs);

  std::size_t waiters_max_;
  Mutex<Tables> tables_;
};

}  // namespace tally::api
