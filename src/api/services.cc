#include "api/services.h"

namespace tally::api {

void RecentLeases::remember(LeaseId lease, RunId run) {
  tables_.with([&](Tables& tables) {
    if (!tables.runs.emplace(lease, run).second) return;
    tables.order.push_back(lease);
    if (tables.order.size() <= kMax) return;
    tables.runs.erase(tables.order.front());
    tables.order.pop_front();
  });
}

std::optional<RunId> RecentLeases::run_of(LeaseId lease) const {
  return tables_.with([&](Tables const& tables) -> std::optional<RunId> {
    auto const at = tables.runs.find(lease);
    if (at == tables.runs.end()) return std::nullopt;
    return at->second;
  });
}

}  // namespace tally::api
