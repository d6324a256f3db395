#pragma once

// Runs one command where it can do little harm. Three levels; the one that was reached is in
// every receipt and failure, so a lower one is never silent:
//
//   bubblewrap  own namespaces for everything (no network, no other process in sight), the system
//               read-only, private /tmp, /work and /dev/shm of bounded size, no capabilities
//   landlock    Landlock for files, no leaving the process group; /tmp is not private, TMPDIR names
//               a directory of its own, of bounded size, where files may be made and deleted, but
//               keep their modes, owners and attributes
//   rlimit      resource limits and the process group only
//
// At the two upper levels one seccomp filter (call_filter.h): no sockets but AF_UNIX, no way into
// other processes, their limits or the kernel; at the level landlock no socket that is not the
// execution's own either.
//
// At every level: an environment of TRACEPARENT, TALLY_INPUT, TALLY_RECEIPT and PATH; limits on
// memory, processor time, processes, files and time; the whole tree is killed at the end. Memory
// and processor limits are per process, as setrlimit(2) has them. At the two lower levels the
// limit on processes counts those of the same user and does not bind root.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "platform/process.h"
#include "ports/clock.h"
#include "ports/job_runner.h"

namespace tally::platform {

enum class SandboxLevel { bubblewrap, landlock, rlimit };
std::string_view level_name(SandboxLevel level);

// Each of /tmp, /work and /dev/shm; at the two lower levels all files below TMPDIR together.
inline constexpr std::uint64_t kScratchBytesMax = 64u << 20;
inline constexpr std::uint64_t kFileBytesMax = 64u << 20;     // RLIMIT_FSIZE
inline constexpr std::uint64_t kOpenFilesMax = 256;           // RLIMIT_NOFILE
inline constexpr std::uint64_t kCostFileBytesMax = 4096;      // of what TALLY_RECEIPT names

// One execution, with paths as the server sees them.
struct SandboxTask {
  std::string folder;  // read-only inside, where the command starts
  std::vector<std::string> command;
  // A directory of this execution's own; prepare_box has put input.json, receipt.json and work/
  // there. Nothing else of it is visible inside.
  std::string box;
  std::string traceparent;  // empty: not set
  ports::JobLimits limits;
  Duration timeout;
};

// Makes the box's files; the input is read-only for the command.
Result<void> prepare_box(std::string const& box, std::string_view input_json);

class Sandbox {
 public:
  // The highest level at which a trivial command ran. `scratch` is a directory for its box.
  static Sandbox probe(ports::Clock const& clock, std::string const& scratch);
  // This level or the reason why it does not work here.
  static Result<Sandbox> at(SandboxLevel level, ports::Clock const& clock,
                            std::string const& scratch);

  SandboxLevel level() const { return level_; }
  // Why each higher level is out of reach; empty at the highest.
  std::string const& notes() const { return notes_; }

  // Blocks; any number of threads. The outcome's status is for `setup_failed`.
  ProcessOutcome run(SandboxTask const& task, int cancel_fd) const;
  // The fault is the sandbox's and not the work's.
  bool setup_failed(ProcessOutcome const& outcome) const;

 private:
  Sandbox(SandboxLevel level, ports::Clock const& clock) : level_(level), clock_(&clock) {}

  SandboxLevel level_;
  ports::Clock const* clock_;
  std::shared_ptr<Bytes const> filter_;  // of calls; none at the level rlimit
  std::string notes_;
};

}  // namespace tally::platform
