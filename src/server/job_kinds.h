#pragma once

// The job kinds of a start: those that serve, and the folders that are no job kind as they stand.

#include <map>
#include <string>
#include <vector>

#include "platform/job_folder.h"
#include "server/wiring/node.h"

namespace tally::server {

struct JobKinds {
  std::vector<ports::JobSpec> serve;
  std::vector<platform::RefusedJob> refused;
};

// Reads each folder of job kinds and writes the copies that run to `copies`. Errors: a folder of
// job kinds cannot be read ("validation_error"), and the disk's.
Result<JobKinds> load_job_kinds(std::vector<std::string> const& folders, std::string const& copies);

// Their names, with what a caller who asks for one is told.
std::map<JobName, std::string> told_of(std::vector<platform::RefusedJob> const& refused);

// What is recorded and logged of one, once: a cause for each fault, as many as an error holds.
ports::ErrorReport report_of(platform::RefusedJob const& refused);

// An error each: the others serve, and runs of these are refused until the next start.
void report_refused(std::vector<platform::RefusedJob> const& refused, wiring::Node& node);

}  // namespace tally::server
