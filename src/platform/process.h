#pragma once

// One child process from start to end: its output, its time, its death. Blocks the calling
// thread, which must outlive the child (Linux kills the child when the thread that started it
// ends). The server has many threads, so between fork and exec only async-signal-safe calls run.

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "platform/process_fd.h"
#include "ports/clock.h"

namespace tally::platform {

inline constexpr std::size_t kErrorTailBytesMax = 4096;
inline constexpr std::size_t kStatusBytesMax = 4096;
// How long the pipes may stay open after the process is gone and its group killed.
inline constexpr std::int64_t kDrainMsMax = 1000;
// The child's descriptor of the status pipe.
inline constexpr int kStatusFd = 3;

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
  // Runs in the child before the limits are set; async-signal-safe calls only. False: no exec.
  bool (*prepare)(void const* context) = nullptr;
  void const* context = nullptr;
  Duration timeout;
  std::uint64_t output_bytes_max = 0;
};

enum class ProcessEnd {
  exited,     // `code` is the exit code
  killed,     // `code` is the signal
  timed_out,  // we killed it; so for the next two
  cancelled,
  output_too_large,
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
