#pragma once

// A worker somewhere else, over /v1/work: sometimes slow, sometimes dead between any two steps,
// sometimes reporting twice or under a fence that is no longer its own.

#include <memory>

#include "base/prng.h"
#include "sim/town.h"

namespace tally::sim {

class RemoteWorker {
 public:
  RemoteWorker(std::uint64_t seed, Town& town, TenantId tenant)
      : prng_(seed), town_(town), tenant_(std::move(tenant)) {}
  void begin() { look_for_work(); }
  void end() { ended_ = true; }

 private:
  struct Job {
    LeaseId lease;
    std::int64_t fence = 0;
    RunId run;
    Execution execution;
    bool over = false;
    bool deaf = false;                    // does not stop when it is told to
    std::string reason = "exit_nonzero";  // of its failure
  };
  using JobPtr = std::shared_ptr<Job>;
  void look_for_work();
  void take(Answer const& answer);
  void start(JobPtr const& job, int tries);
  void execute(JobPtr const& job);
  void beat(JobPtr const& job);
  void stop(JobPtr const& job, std::string reason);
  void report(JobPtr const& job, int tries);
  void report_stale(JobPtr const& job);
  bool dies() { return !town_.closing && prng_.chance(town_.swarm.remote_dies_per_mille); }
  ports::HttpRequest about(Job const& job, std::string_view verb, std::string body);

  Prng prng_;
  Town& town_;
  TenantId tenant_;
  bool ended_ = false;
};

}  // namespace tally::sim
