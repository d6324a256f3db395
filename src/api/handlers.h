#pragma once

// The operations that each file of handlers answers, as rows of the table of routes. A handler
// takes what its operation takes, read and within its bounds: what stands in path and query, then
// the body (route_of.h).

#include "api/routes.h"

namespace tally::api {

std::vector<Route> run_routes();
std::vector<Route> submit_routes();
std::vector<Route> budget_routes();
std::vector<Route> work_routes();
std::vector<Route> lease_routes();
std::vector<Route> admin_routes();
std::vector<Route> key_routes();
std::vector<Route> ops_routes();
std::vector<Route> evidence_routes();
std::vector<Route> why_routes();
std::vector<Route> error_routes();
std::vector<Route> ledger_routes();
std::vector<Route> health_routes();
std::vector<Route> docs_routes();

}  // namespace tally::api
