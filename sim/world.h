#pragma once

// One life from its first start to its last proof:
//
//   set up ─► faults begin, people work ─► all fall silent, faults end ─► drain ─► stop ─► verify
//
// The world is a queue of things by virtual time: what people and networks planned, and the turns
// of the server's threads. step() does the earliest. When nothing is due, time jumps.

#include <memory>
#include <vector>

#include "sim/admin.h"
#include "sim/auditor.h"
#include "sim/caller.h"
#include "sim/follower.h"
#include "sim/remote_worker.h"

namespace tally::sim {

class World {
 public:
  // What happens is added to `trace`, where there is one; it outlives the world.
  World(std::uint64_t seed, Swarm const& swarm, Trace* trace = nullptr);
  void live();

  Verdicts const& verdicts() const { return verdicts_; }
  Verdicts& verdicts() { return verdicts_; }
  Oracle const& oracle() const { return oracle_; }
  Duration now() const { return clock_.monotonic(); }
  std::uint64_t starts() const { return machine_.starts(); }
  std::uint64_t starts_from_snapshot() const { return machine_.starts_from_snapshot(); }
  std::uint64_t steps() const { return steps_; }
  std::uint64_t streams() const { return follower_.whole(); }

 private:
  void people_begin();
  void plan_clock_steps();
  void read_ledger();
  void note_events();
  void drain();
  bool all_ended();
  void step();
  // Steps until it holds; false, and a verdict, when it does not within this long.
  template <class Condition>
  bool step_until(Duration within, std::string_view what, Condition holds);
  void step_for(Duration time);

  std::uint64_t seed_;
  Swarm const& swarm_;
  Prng prng_;
  Timeline timeline_;
  SimClock clock_;
  Verdicts verdicts_;
  Executions executions_;
  Machine machine_;
  Oracle oracle_;
  Network network_;
  Town town_;
  Admin admin_;
  Follower follower_;
  Auditor auditor_;
  std::vector<std::unique_ptr<Caller>> callers_;
  std::vector<std::unique_ptr<RemoteWorker>> workers_;
  std::uint64_t steps_ = 0;
  std::int64_t noted_ = 0;  // events, in the trace
};

}  // namespace tally::sim
