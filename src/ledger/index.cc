#include "ledger/index.h"

namespace tally::ledger {

void Index::add(domain::Header const& header, bool submits_run, bool is_checkpoint) {
  tables_.with([&](Tables& tables) {
    tables.size = header.seq + 1;
    if (is_checkpoint) tables.checkpoint = header.seq;
    if (header.correlation) tables.correlations[*header.correlation].push_back(header.seq);
    if (!header.run) return;
    tables.runs[*header.run].push_back(header.seq);
    if (!submits_run || !header.tenant) return;
    tables.by_tenant[*header.tenant].emplace(header.seq, *header.run);
    tables.tenants.emplace(*header.run, *header.tenant);
  });
}

std::vector<std::int64_t> Index::of_run(RunId run) const {
  return tables_.with([&](Tables const& tables) {
    auto at = tables.runs.find(run);
    return at == tables.runs.end() ? std::vector<std::int64_t>{} : at->second;
  });
}

std::vector<std::int64_t> Index::of_correlation(CorrelationId correlation) const {
  return tables_.with([&](Tables const& tables) {
    auto at = tables.correlations.find(correlation);
    return at == tables.correlations.end() ? std::vector<std::int64_t>{} : at->second;
  });
}

std::vector<std::pair<std::int64_t, RunId>> Index::runs_of(TenantId const& tenant,
                                                           std::optional<std::int64_t> before,
                                                           std::size_t limit) const {
  return tables_.with([&](Tables const& tables) {
    std::vector<std::pair<std::int64_t, RunId>> found;
    auto runs = tables.by_tenant.find(tenant);
    if (runs == tables.by_tenant.end()) return found;
    auto at = before ? runs->second.lower_bound(*before) : runs->second.end();
    while (at != runs->second.begin() && found.size() < limit) found.emplace_back(*--at);
    return found;
  });
}

std::optional<TenantId> Index::tenant_of(RunId run) const {
  return tables_.with([&](Tables const& tables) -> std::optional<TenantId> {
    auto at = tables.tenants.find(run);
    if (at == tables.tenants.end()) return std::nullopt;
    return at->second;
  });
}

std::optional<std::int64_t> Index::last_checkpoint() const {
  return tables_.with([](Tables const& tables) { return tables.checkpoint; });
}

std::int64_t Index::size() const {
  return tables_.with([](Tables const& tables) { return tables.size; });
}

}  // namespace tally::ledger
