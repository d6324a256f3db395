#pragma once

// Threads for what may block: reading the log, opening and sealing payloads, asking the disk. Tasks
// come in lanes, so that one kind never waits behind another. Each lane has threads of its own, a
// bound on the tasks that wait in it, and a smaller bound on those of one owner.
//
//     caller ── run(lane, task) ──► waits, in turns by owner ──► a thread of that lane
//                    └── false: the lane or the owner's share is full; the task is gone
//
// A task is never run on the thread that brought it: that thread may be the loop's, for which
// everybody waits. In a lane owners take turns, and one owner's tasks begin in the order in which
// they came. Real: server/thread_executor. Simulated: sim/sim_executor, whose tasks are steps.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace tally::ports {

enum class TaskLane : std::uint8_t {
  lease,   // what is decided and must still be told, and what workers report
  read,    // a run, a result, a page of runs; of a tenant
  query,   // what reads much of the log: events, timelines, errors, bundles; of a tenant
  intake,  // payloads to be sealed before there is a decision
  open,    // for whoever asks without a key: tiles, checkpoint
  probe,   // /readyz and /metrics
  system,  // the server's own runs, which may take long: one at a time
};
inline constexpr std::size_t kTaskLanes = 7;

constexpr std::string_view name_of(TaskLane lane) {
  constexpr std::array<std::string_view, kTaskLanes> kNames{"lease", "read",  "query", "intake",
                                                            "open",  "probe", "system"};
  return kNames[static_cast<std::size_t>(lane)];
}

struct LaneLimits {
  std::size_t threads;
  std::size_t waiting_max;   // tasks of all owners that have not begun
  std::size_t of_owner_max;  // of these, one owner's
};
using ExecutorLimits = std::array<LaneLimits, kTaskLanes>;  // by lane

// A tenant has at most 2,048 requests without an answer (platform/http_server.h), so what is
// decided for it always finds a place in the first lane. Where a task may wait for a disk to write,
// or many short ones are asked for, a second thread goes on meanwhile.
inline constexpr ExecutorLimits kLaneLimits{{
    {.threads = 2, .waiting_max = 10'000, .of_owner_max = 2'500},
    {.threads = 2, .waiting_max = 4'096, .of_owner_max = 512},
    {.threads = 1, .waiting_max = 1'024, .of_owner_max = 128},
    {.threads = 2, .waiting_max = 512, .of_owner_max = 64},
    {.threads = 1, .waiting_max = 256, .of_owner_max = 32},
    {.threads = 1, .waiting_max = 64, .of_owner_max = 8},
    {.threads = 1, .waiting_max = 16, .of_owner_max = 16},
}};

struct Task {
  std::string owner;  // the tenant, or the address of somebody without a key
  std::function<void()> run;
};

struct LaneCount {
  std::size_t waiting = 0;    // now
  std::uint64_t refused = 0;  // since the start
};

class Executor {
 public:
  virtual ~Executor() = default;
  // Leaves the task to a thread of the lane. False: there is no place, or the executor has ended;
  // the task will never run. Returns at once, whatever the task does. Any thread, a lane's own too.
  [[nodiscard]] virtual bool run(TaskLane lane, Task task) = 0;
  // Any thread.
  virtual LaneCount count(TaskLane lane) const = 0;
};

}  // namespace tally::ports
