#include "ledger/index.h"

#include <algorithm>

#include "domain/error/finding.h"

namespace tally::ledger {

namespace {

bool submits(domain::Event const& event) {
  auto const* run = std::get_if<domain::RunEvent>(&event);
  return run != nullptr && std::holds_alternative<domain::run::Submitted>(*run);
}

bool is_checkpoint(domain::Event const& event) {
  auto const* chronicle = std::get_if<domain::ChronicleEvent>(&event);
  return chronicle != nullptr &&
         std::holds_alternative<domain::chronicle::CheckpointSigned>(*chronicle);
}

std::size_t bytes_of(Entry const& entry) { return entry.leaf.size() + entry.enclosure.size(); }

}  // namespace

void Index::keep_recent(Tables& tables, std::shared_ptr<Entry const> entry) {
  tables.recent_bytes += bytes_of(*entry);
  tables.recent.push_back(std::move(entry));
  while (tables.recent.size() > kRecentEventsMax || tables.recent_bytes > kRecentBytesMax) {
    tables.recent_bytes -= bytes_of(*tables.recent.front());
    tables.recent.pop_front();
  }
}

void Index::add(std::shared_ptr<Entry const> entry) {
  tables_.with([&](Tables& tables) {
    domain::Header const& header = entry->recorded.header;
    tables.size = header.seq + 1;
    if (is_checkpoint(entry->recorded.event)) tables.checkpoint = header.seq;
    if (header.correlation) tables.correlations[*header.correlation].push_back(header.seq);
    if (header.run) tables.runs[*header.run].push_back(header.seq);
    if (header.run && header.tenant && submits(entry->recorded.event)) {
      tables.by_tenant[*header.tenant].emplace(header.seq, *header.run);
      tables.tenants.emplace(*header.run, *header.tenant);
    }
    if (domain::error::is_finding(entry->recorded.event)) tables.errors.push_back(header.seq);
    keep_recent(tables, std::move(entry));
  });
}

std::shared_ptr<Entry const> Index::recent(std::int64_t seq) const {
  return tables_.with([&](Tables const& tables) -> std::shared_ptr<Entry const> {
    if (tables.recent.empty()) return nullptr;
    std::int64_t const first = tables.recent.front()->recorded.header.seq;
    if (seq < first || seq >= first + static_cast<std::int64_t>(tables.recent.size()))
      return nullptr;
    return tables.recent[static_cast<std::size_t>(seq - first)];
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

std::vector<std::int64_t> Index::errors(std::optional<std::int64_t> before,
                                        std::size_t limit) const {
  return tables_.with([&](Tables const& tables) {
    auto at = before ? std::ranges::lower_bound(tables.errors, *before) : tables.errors.end();
    std::vector<std::int64_t> found;
    while (at != tables.errors.begin() && found.size() < limit) found.push_back(*--at);
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
