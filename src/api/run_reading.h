#pragma once

// A run with what its row does not hold: labels and evidence from its first event, the hash of its
// result where one run is asked for. Calls read the log and may block.

#include "api/exchange.h"
#include "views/run_view.h"

namespace tally::api {

wire::Run read_run_view(Services& services, RunId run, domain::run::Row const& row);
// As a list shows it: no result is fetched and opened only to hash it.
wire::Run read_listed_run(Services& services, RunId run, domain::run::Row const& row);

// The labels that a run was submitted with, from its first event.
wire::Labels labels_of(domain::Recorded const& submitted);

// Its own tenant's and, with ops:read, those of the server itself.
bool may_see_runs(Exchange const& x, TenantId const& tenant);

// Ended longer ago than runs are shown.
bool is_past_retention(Services const& services, domain::run::Row const& row);

// The result's exact bytes. Errors: those of Payloads::open and of the reader.
Result<std::string> read_result(Services& services, domain::run::Row const& row);

// What the last attempt that failed wrote to stderr at its end, redacted. The same errors.
Result<std::string> read_stderr_tail(Services& services, domain::run::Row const& row);

// Answers `done` with the caller's own run, in memory or archived, away from the loop's thread;
// or answers 404 or the fate.
void with_run(ExchangePtr const& x, RunId run, Duration wait,
              std::function<void(domain::run::Row const&)> done);

}  // namespace tally::api
