#pragma once

// The server's own work: what a run of the tenant `system` does (domain/system_tenant.h). Its kinds
// are built in. A run of them is leased, started, kept alive and reported by the same worker as any
// command (workers/command_worker.h); only what executes it is here: a function of the process, in
// the executor's lane `system`, in place of a command in the sandbox.

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "domain/command.h"
#include "domain/schedule/engine.h"
#include "domain/state.h"
#include "ports/calendar.h"
#include "ports/clock.h"
#include "ports/executor.h"
#include "ports/job_runner.h"

namespace tally::wiring {

inline constexpr std::string_view kAttestJob = "system.attest";
inline constexpr std::string_view kAttestSchedule = "attest";

// The kinds that this build has, priced at nothing. `hash` is of the name and version: a run that
// another version accepted is not executed as this one.
std::vector<ports::JobSpec> system_kinds();

// When a kind runs by itself; a start proposes it (domain/schedule/engine.h).
struct SystemSchedule {
  ScheduleName name;
  JobName job;
  domain::schedule::Rule rule;
};
// The attestor's pass over the whole ledger, at 03:00 UTC every day.
SystemSchedule attest_daily();
// The same every so often, where a configuration file says so.
SystemSchedule attest_every(Duration period);

// The calendar as the domain asks it. It outlives what is returned.
domain::schedule::NextAfter next_after(ports::Calendar const& calendar);
// The same until `stops`: a server that stops knows no next slot, so none fires, and the next start
// finds it. Both outlive what is returned.
domain::schedule::NextAfter next_after(ports::Calendar const& calendar,
                                       std::atomic<bool> const& stops);

// What a start proposes, to be decided in this order before anything else comes due. A schedule
// that is to change runs by its old rule first what came while nobody decided: the new rule knows
// nothing of those slots. A zone that this machine does not know leaves a schedule as it is.
std::vector<domain::Command> set_schedules(domain::State const& state,
                                           std::vector<SystemSchedule> const& schedules,
                                           Instant now,
                                           domain::schedule::NextAfter const& calendar);

// What a kind does: returns its result, a short JSON document, or why there is none. On a thread of
// the lane `system`, where it may take long; it must ask `go_on` often, and end soon once that is
// false.
using SystemHandler = std::function<Result<std::string>(std::function<bool()> const& go_on)>;
using SystemHandlers = std::map<JobName, SystemHandler>;

class SystemRunner : public ports::JobRunner {
 public:
  SystemRunner(ports::Executor& executor, ports::Clock const& clock)
      : executor_(executor), clock_(clock) {}
  // Before the first run.
  void serve(SystemHandlers handlers) { handlers_ = std::move(handlers); }

  Result<void> ready(Digest const& job_hash) override;
  void run(ports::RunRequest request, std::function<void(ports::RunResult)> done) override;
  void cancel(RunId run, std::uint64_t fence) override;

 private:
  using Key = std::pair<RunId, std::uint64_t>;
  ports::RunResult execute(ports::RunRequest const& request);
  bool goes_on(Key const& key) const;

  ports::Executor& executor_;
  ports::Clock const& clock_;
  SystemHandlers handlers_;
  Mutex<std::map<Key, bool>> live_;  // of those that wait or run, whether they go on
};

}  // namespace tally::wiring
