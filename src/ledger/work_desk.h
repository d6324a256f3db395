#pragma once

// Where workers get work: leases through the loop, long polls that wait for work, inputs opened.
// One desk serves the in-process worker and remote ones (`/v1/work/*`) alike. Any thread.

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "ledger/loop.h"
#include "ledger/payloads.h"
#include "ledger/reader.h"

namespace tally::ledger {

inline constexpr std::size_t kDeskWaitersMax =
    10'000;  // long polls at once; more are answered at once
inline constexpr std::uint32_t kLeasesAtOnceMax = 100;  // runs in one answer

// One leased run, as a worker needs it.
struct LeasedRun {
  RunId run;
  domain::run::Row row;  // after the lease: job, fence, lease, attempt, timeout, correlation, ...
  std::string input_json;
  Instant expires_at;  // if nothing is heard of it
};

struct LeaseWish {
  std::string worker;              // names the worker in evidence and metrics
  std::optional<TenantId> tenant;  // of the worker's key; none: any tenant (in process)
  std::vector<JobName> jobs;
  std::uint32_t max = 1;  // at most kLeasesAtOnceMax
  Duration wait;          // for the first run
  Origin origin;
  std::function<bool()> gone;  // nobody waits any more; may be empty
};

class WorkDesk {
 public:
  WorkDesk(Loop& loop, Reader const& reader, Payloads const& payloads, ports::Clock const& clock)
      : loop_(loop), reader_(reader), payloads_(payloads), clock_(clock) {}

  // `done` is called once: with runs, or empty when the wait is over. Errors: "overloaded",
  // "outcome_unknown", "halted".
  void lease(LeaseWish wish, std::function<void(Result<std::vector<LeasedRun>>)> done);
  // From the loop's WorkWaits orders.
  void work_available(JobName const& job);
  // Ends long polls whose time is over; call it about every 100 ms. Returns the number waiting.
  std::size_t tick();

 private:
  struct Visit;  // one worker's wish on its way
  void ask(std::shared_ptr<Visit> visit);
  void take(std::shared_ptr<Visit> const& visit, Answer answer);
  void finish(Visit& visit);
  void wait_or_leave(std::shared_ptr<Visit> visit);
  Result<LeasedRun> leased_run(Answer const& answer) const;

  struct Waiting {
    std::shared_ptr<Visit> visit;
    Duration until;  // monotonic
  };
  Loop& loop_;
  Reader const& reader_;
  Payloads const& payloads_;
  ports::Clock const& clock_;
  Mutex<std::list<Waiting>> waiting_;
};

}  // namespace tally::ledger
