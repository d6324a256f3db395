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
};

// The failure's detail names the exit code or the signal and never quotes the work's own words,
// which may hold secrets.
ports::RunResult judge(ProcessOutcome const& outcome, ExecutionFacts const& facts);

// The cost in a receipt file's text, {"cost_usd":"0.0123"}; nothing else may be in the object.
std::optional<Micros> parse_reported_cost(std::string_view text);

// The last line with something on it, redacted, at most kNoteBytesMax. For our own log, not for
// callers.
std::string last_line_redacted(std::string_view text);

}  // namespace tally::platform
