#pragma once

// The text of a job.toml as a JobSpec without its hash.

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ports/job_runner.h"

namespace tally::platform {

// Bounds of the settings; the defaults stand where the setting may be left out.
inline constexpr std::int64_t kJobTimeoutMaxS = 86'400;
inline constexpr std::int64_t kJobRetriesMax = 20;
inline constexpr std::int64_t kJobOutputMax = 64 << 20;
inline constexpr std::int64_t kJobOutputDefault = 1 << 20;
inline constexpr std::int64_t kJobQueueDeadlineMaxS = 30 * 86'400;
inline constexpr std::int64_t kJobQueueDeadlineDefaultS = 3'600;
inline constexpr std::int64_t kJobMemoryMin = 16 << 20;
inline constexpr std::int64_t kJobMemoryMax = std::int64_t{1} << 40;
inline constexpr std::int64_t kJobMemoryDefault = 512 << 20;
inline constexpr std::int64_t kJobProcessesMax = 4'096;
inline constexpr std::int64_t kJobProcessesDefault = 64;
inline constexpr std::size_t kJobArgumentsMax = 256;

// `where` names the file in errors: "<where>:<line>: what is wrong", a line for each thing that is.
// Unknown keys are errors.
Result<ports::JobSpec> parse_job_toml(std::string_view text, std::string const& where);

// The name that a job.toml gives, also where the rest of it is wrong; none where it gives none.
std::optional<std::string> name_in_job_toml(std::string_view text);

}  // namespace tally::platform
