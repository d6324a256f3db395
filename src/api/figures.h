#pragma once

// What the API counts about itself and about tenants; the metrics stand in metrics/table.h.

#include <vector>

#include "api/options.h"
#include "ledger/readings.h"
#include "metrics/registry.h"

namespace tally::api {

// The words that labels may have: all routes, problem codes and dependencies there are.
metrics::Given words_of(Options const& options);

void set_tenant_figures(metrics::Registry& metrics,
                        std::vector<ledger::TenantFigures> const& tenants);

}  // namespace tally::api
