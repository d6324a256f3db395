#pragma once

// What one life is made of: how busy, how poor, how unlucky. Everything is drawn from the seed, so
// that lives differ in kind and not only in order; everything is printed when a life fails.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "sim/sim_disk.h"
#include "sim/sim_receipts.h"
#include "sim/sim_runner.h"

namespace tally::sim {

// Where a life may be cut: right after the nth time that this happened.
enum class Moment { never, change, append, receipt, execution, answer, later };
std::string_view name_of(Moment moment);

struct Cut {
  Moment moment = Moment::never;
  std::uint64_t count = 1;
  bool power = true;  // power goes; otherwise only the process
};

struct NetworkFaults {
  std::uint32_t request_lost_per_mille = 0;
  std::uint32_t answer_lost_per_mille = 0;
  std::uint32_t doubled_per_mille = 0;
  Duration delay_max = milliseconds(20);
};

struct Swarm {
  // The world.
  SimDiskOptions disk;
  ReceiptFaults receipts;
  NetworkFaults network;
  RunnerMix work;
  std::vector<Cut> cuts;  // one after the other
  std::uint32_t clock_steps = 0;
  std::int64_t drift_ppm = 0;
  bool halt_after_failure = false;  // a start after a failed write begins halted
  std::uint32_t snapshot_not_saved_per_mille = 0;
  std::uint32_t snapshots_rot_per_mille = 0;  // a bit of one, before a start

  // The server.
  Duration checkpoint_every;
  Duration lease;
  Duration queue_deadline;
  Duration archive_after;
  std::size_t lane_requests_max = 4096;
  std::size_t frame_events_max = 4096;
  std::size_t tasks_waiting_max = 0;  // in a lane of the executor; 0: as many as elsewhere
  std::uint32_t worker_slots = 2;
  std::int64_t runs_live_max = 1'000'000;
  std::int64_t audits_before_safe_mode = 1;
  bool file_changes = false;  // every second start has another configuration file
  Duration system_every = seconds(10);  // between runs of the system, from a later start on
  std::uint32_t kind_gone = 0;  // every second start does not load this kind, from 1 on; 0: none
  std::uint32_t attested_per_mille = 0;  // of the worker's turns: a pass of the attestor

  // The people.
  std::uint32_t tenants = 1;
  std::uint32_t callers = 1;         // of each tenant
  std::uint32_t errands = 4;         // of each caller
  std::uint32_t racers = 4;          // at once, when they race
  std::uint32_t remote_workers = 1;  // of each tenant
  std::uint32_t remote_dies_per_mille = 100;
  std::uint32_t admin_errands = 2;
  bool may_halt = false;
  bool audits_are_resolved = false;      // by two people, when all has fallen silent
  bool rate_limited = false;             // tenants have a plan with a low rate
  std::string overrun = "count";         // of their plan
  std::int64_t believed_max_micros = 0;  // of their plan; 0: none
  std::int64_t budget_micros = 200'000;  // of each tenant at first
};

Swarm draw_swarm(std::uint64_t seed);
std::string to_text(Swarm const& swarm);

}  // namespace tally::sim
