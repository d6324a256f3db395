#pragma once

// Job kinds that are in the ledger and not among those of this start, and what becomes of their
// runs: new ones are refused, those that wait are executed as they were accepted.

#include <map>
#include <set>
#include <vector>

#include "domain/state.h"
#include "ports/error_sink.h"
#include "ports/job_runner.h"

namespace tally::wiring {

// With their runs that wait in the queue.
using RetiredJobs = std::map<JobName, std::vector<RunId>>;
RetiredJobs retired_jobs(domain::State const& state, std::vector<ports::JobSpec> const& loaded);

// What an operator is told of one at the start: it names the runs that wait, some of them.
ports::ErrorReport report_of(JobName const& job, std::vector<RunId> const& waiting);

// Every job kind of the ledger that this start did not load, with what a caller who asks for one is
// told.
std::map<JobName, std::string> not_loaded(domain::State const& state,
                                          std::vector<ports::JobSpec> const& loaded);

// The copies of job folders that something may still execute: those that are loaded, and those that
// live runs were accepted with.
std::set<Digest> copies_in_use(domain::State const& state,
                               std::vector<ports::JobSpec> const& loaded);

// The jobs of all live runs that this server executes as commands, loaded or not.
std::set<JobName> commands_of_live_runs(domain::State const& state);

}  // namespace tally::wiring
