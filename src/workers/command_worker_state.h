#pragma once

// What a CommandWorker remembers of each execution and each reconcile order.

#include "workers/command_worker.h"

namespace tally::workers {

enum class Phase {
  starting,   // `start` is asked or will be again at `due`
  running,    // the runner owes an answer
  reporting,  // complete or fail is asked or will be again at `due`
};

struct CommandWorker::Execution {
  Key key;
  ports::WorkItem item;
  Phase phase = Phase::starting;
  bool asked = false;    // an answer to start, complete or fail is under way
  bool beating = false;  // an answer to a heartbeat is under way
  bool lost = false;     // nothing will be reported; only the process's end is awaited
  std::optional<ports::HeartbeatAnswer> stop;  // the server asked to, and why
  Duration due;                                // of the next start, complete or fail
  Duration beat_due;
  Duration backoff;
  ports::RunResult result;
};

struct CommandWorker::Inquiry {
  Key key;
  bool asked = false;
  Duration due;
  Duration backoff;
};

}  // namespace tally::workers
