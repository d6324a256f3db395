#pragma once

// From a process's end to what the worker reports: a receipt or a failure.

#include <string>
#include <string_view>

#include "platform/sandbox.h"
#include "ports/job_runner.h"

namespace tally::platform {

inline constexpr std::size_t kNoteBytesMax = 200;

struct ExecutionFacts {
  ports::JobSpec const& spec;
  std::string const& box;  // for the cost that the work reported
  SandboxLevel level;
  bool setup_failed = false;
  bool at_cost_limit = false;    // its time was that of its hold
  bool server_stopping = false;  // it ended together with the server
};

// What an end means, and whose it is. The one place that says so:
//
//   end                                         code                   tried again
//   exit code 0                                 (a receipt)
//   any other exit code                         exit_nonzero           yes
//   a signal, or exit code 128 + n; the         signal                 yes
//     limits of memory and processor time too
//   the same while the server stops             killed (ours)          yes
//   its time limit; that of its hold            timeout; cost_limit    yes; no
//   too much output, too many files             output_too_large, disk_limit   no
//   stopped on request of this server           cancelled              no
//   the sandbox or the start failed             sandbox_failed (ours)  yes
struct EndVerdict {
  std::string_view code;  // empty: it ended well
  std::string detail;
  bool retry = false;
};
EndVerdict verdict_of(ProcessOutcome const& outcome, ExecutionFacts const& facts);

// The number of the signal that ended the work, also where a shell or a wrapper says 128 + n; or 0.
int signal_of(ProcessOutcome const& outcome);

// The failure's detail names the exit code or the signal and never quotes the work's own words. The
// result is kept as the bytes that the work wrote, without the white space around them.
ports::RunResult judge(ProcessOutcome const& outcome, ExecutionFacts const& facts);

// The cost in a receipt file's text, {"cost_usd":"0.0123"}; nothing else may be in the object.
std::optional<SaidCost> parse_reported_cost(std::string_view text);

// The last line with something on it, redacted, at most kNoteBytesMax. For our own log, not for
// callers.
std::string last_line_redacted(std::string_view text);

}  // namespace tally::platform
