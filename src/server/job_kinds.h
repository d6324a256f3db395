#pragma once

// The job kinds of a start: those that serve, and the folders that are no job kind as they stand.

#include <string>
#include <vector>

#include "platform/job_folder.h"
#include "server/log.h"
#include "server/wiring/node.h"

namespace tally::server {

struct JobKinds {
  std::vector<ports::JobSpec> serve;
  std::vector<platform::RefusedJob> refused;
};

// Reads each folder of job kinds and writes the copies that run to `copies`. Errors: a folder of
// job kinds cannot be read ("validation_error"), and the disk's.
Result<JobKinds> load_job_kinds(std::vector<std::string> const& folders, std::string const& copies);

// A line and an error each: the others serve, and runs of these are refused until the next start.
void report_refused(std::vector<platform::RefusedJob> const& refused, Log const& log,
                    wiring::Node& node);

}  // namespace tally::server
