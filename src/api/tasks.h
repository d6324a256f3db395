#pragma once

// What a request may leave to a thread that may block (log, vault, blobs): by kind, so that one
// kind never waits behind all of another, and by whose it is, so that nobody waits behind all that
// one tenant or one stranger asked for. Who runs them: server/task_queue.h.

#include <cstddef>
#include <functional>
#include <string>

namespace tally::api {

enum class TaskLane {
  answer,  // what is decided and must still be told: never refused; at most one for each request
  write,   // payloads to be sealed before there is a decision
  read,    // pages, runs and results of a tenant
  open,    // for whoever asks without a key: tiles, checkpoint, readiness
};
inline constexpr std::size_t kTaskLanes = 4;

struct Task {
  TaskLane lane = TaskLane::read;
  std::string whose;  // the tenant, or the address of somebody without a key
  std::function<void()> run;
};

}  // namespace tally::api
