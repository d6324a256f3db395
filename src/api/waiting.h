#pragma once

// What a queued run waits for, in words.

#include <optional>

#include "api/services.h"

namespace tally::api {

// A job for which no worker has asked for so long has none.
inline constexpr Duration kAskedRecently = seconds(60);

// None where the run is not queued.
std::optional<wire::Waiting> waiting_of(Services const& services, RunId run,
                                        domain::run::Row const& row);

// Whether somebody asked for such work within kAskedRecently.
bool has_worker(Services const& services, JobName const& job, TenantId const& tenant);

// Sets tally_runs_without_worker from what waits in the loop's queue; clears what waits no more.
void count_runs_without_worker(Services& services, std::vector<ledger::QueuedRuns> const& queued);

}  // namespace tally::api
