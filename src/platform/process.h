#pragma once

// One child process from start to end: its output, its time, its death. Blocks the calling
// thread, which must outlive the child (Linux kills the child when the thread that started it
// ends). The server has many threads, so between fork and exec only async-signal-safe calls run.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/time.h"
#include "platform/process_fd.h"
#include "ports/clock.h"

namespace tally::platform {

// More than is kept of it, so that what was cut off at its front can be left out.
inline constexpr std::size_t kErrorTailBytesMax = 12 * 1024;
inline constexpr std::size_t kStatusBytesMax = 4096;
// How long the pipes may stay open after the process is gone and its group killed.
inline constexpr std::int64_t kDrainMsMax = 1000;
// How long work that is to stop may take over it (SIGTERM) before it is killed.
inline constexpr std::int64_t kStopGraceMs = 2'000;
// The child's descriptor of the status pipe.
inline constexpr int kStatusFd = 3;
// The child's descriptor of what the plan hands over.
inline constexpr int kHandedFd = 4;
// How often a plan's quota is looked at.
inline constexpr std::int64_t kQuotaEveryMs = 100;

struct ProcessLimit {
  int resource = 0;  // RLIMIT_*
  std::uint64_t value = 0;
};

struct ProcessPlan {
  std::vector<std::string> arguments;    // [0] is the absolute path of the program
  std::vector<std::string> environment;  // "NAME=value", nothing else is passed on
  std::string directory;                 // where it starts; empty: "/"
  std::string stdin_path;                // opened for reading
  std::vector<ProcessLimit> limits;
  int handed_fd = -1;  // the child gets it as kHandedFd; at least kLowestParentFd
  // Runs in the child before the limits are set; async-signal-safe calls only. False: no exec.
  bool (*prepare)(void const* context) = nullptr;
  void const* context = nullptr;
  Duration timeout;
  std::uint64_t output_bytes_max = 0;
  // Processes between ours and the work, the child among them; they are not asked to stop.
  int wrappers = 0;
  // Asked every kQuotaEveryMs while the process lives, with its id, which is that of its group
  // too; true ends it as over_quota. May be empty.
  std::function<bool(int pid)> exceeds_quota;
};

enum class ProcessEnd {
  exited,     // `code` is the exit code
  killed,     // `code` is the signal
  timed_out,  // we stopped it; so for the next two
  cancelled,
  output_too_large,
  over_quota,
  not_started,  // `code` is errno
};

struct ProcessOutcome {
  ProcessEnd end = ProcessEnd::not_started;
  int code = 0;
  std::string output;      // stdout
  std::string error_tail;  // the last kErrorTailBytesMax bytes of stderr
  std::string status;      // what was written to kStatusFd
  Duration elapsed;
};

// `cancel_fd` becomes readable when the process is to be stopped; -1: never.
ProcessOutcome run_process(ProcessPlan const& plan, ports::Clock const& clock, int cancel_fd);

}  // namespace tally::platform
