#pragma once

// Executes jobs in virtual time. An execution succeeds, fails, takes too long or is killed, and
// says what it cost: less than the hold, exactly that, or more. It remembers how often each
// (run, fence) touched the world, whatever became of the process that asked.

#include <functional>
#include <map>
#include <set>
#include <utility>

#include "base/prng.h"
#include "ports/clock.h"
#include "ports/job_runner.h"
#include "sim/timeline.h"

namespace tally::sim {

// What really happened, as nobody inside the server can know it.
struct Execution {
  int touched = 0;
  bool succeeded = false;
  Duration elapsed;
  std::optional<Micros> reported;
  std::string result_json;
};
// Of command jobs and of remote workers alike.
using Executions = std::map<std::pair<RunId, std::uint64_t>, Execution>;

struct RunnerMix {
  std::uint32_t fails_per_mille = 100;
  std::uint32_t slow_per_mille = 100;    // takes longer than a lease
  std::uint32_t silent_per_mille = 30;   // reports no cost where one is wanted
  std::uint32_t costly_per_mille = 60;   // costs more than a hold
  std::uint32_t absurd_per_mille = 0;    // costs more than all that anybody has
  std::uint32_t missing_per_mille = 30;  // of the times that a job's files are asked for: gone
  Duration slow = seconds(150);
};

// Draws what an execution will come to, for runners and remote workers.
Execution draw_execution(Prng& prng, RunnerMix const& mix, Micros usual_cost);

class SimRunner final : public ports::JobRunner {
 public:
  SimRunner(std::uint64_t seed, RunnerMix mix, Timeline& timeline, ports::Clock& clock,
            Executions& executions, std::function<void()> on_begin)
      : prng_(seed),
        mix_(mix),
        timeline_(timeline),
        clock_(clock),
        executions_(executions),
        on_begin_(std::move(on_begin)) {}

  Result<void> ready(Digest const& job_hash) override;
  void run(ports::RunRequest request, std::function<void(ports::RunResult)> done) override;
  void cancel(RunId run, std::uint64_t fence) override;
  // The process and its children are gone; nobody hears of what was under way.
  void die();
  // Which of the jobs write their own cost.
  void reports_cost(JobName job) { reported_.insert(std::move(job)); }

 private:
  using Key = std::pair<RunId, std::uint64_t>;
  struct Going {
    std::function<void(ports::RunResult)> done;
    ports::RunResult result;
  };
  void finish(Key key, std::uint64_t life);

  Prng prng_;
  RunnerMix mix_;
  Timeline& timeline_;
  ports::Clock& clock_;
  Executions& executions_;
  std::function<void()> on_begin_;
  std::set<JobName> reported_;
  std::map<Key, Going> going_;
  Duration missing_until_;
  std::uint64_t life_ = 0;
};

}  // namespace tally::sim
