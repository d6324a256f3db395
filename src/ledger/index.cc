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

bool is_older(std::pair<std::int64_t, RunId> const& run, std::int64_t seq) {
  return run.first < seq;
}

// Two numbers are compared faster than sixteen bytes.
std::array<std::uint64_t, 2> key_of(CorrelationId const& correlation) {
  return {get_u64(correlation.value().data()), get_u64(correlation.value().data() + 8)};
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

void Index::note(Tables& tables, domain::Recorded const& recorded) {
  domain::Header const& header = recorded.header;
  tables.size = header.seq + 1;
  if (is_checkpoint(recorded.event)) tables.checkpoint = header.seq;
  if (header.correlation) tables.correlations.add(key_of(*header.correlation), header.seq);
  if (header.run) tables.runs.add(*header.run, header.seq);
  if (domain::error::is_finding(recorded.event)) tables.errors.push_back(header.seq);
  if (!header.run || !header.tenant || !submits(recorded.event)) return;
  auto const next = static_cast<std::uint32_t>(tables.tenant_runs.size());
  std::uint32_t const number =
      tables.tenant_numbers.try_emplace(*header.tenant, next).first->second;
  if (number == next) tables.tenant_runs.push_back({*header.tenant, {}});
  tables.tenant_runs[number].submitted.emplace_back(header.seq, *header.run);
  tables.tenants.add(*header.run, number);
}

void Index::note(domain::Recorded const& recorded) {
  tables_.with([&](Tables& tables) { note(tables, recorded); });
}

void Index::add(std::shared_ptr<Entry const> entry) {
  tables_.with([&](Tables& tables) {
    note(tables, entry->recorded);
    keep_recent(tables, std::move(entry));
  });
}

void Index::clear() {
  tables_.with([](Tables& tables) { tables = {}; });
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
  return tables_.with([&](Tables const& tables) { return tables.runs.of(run); });
}

std::vector<std::int64_t> Index::of_correlation(CorrelationId correlation) const {
  return tables_.with(
      [&](Tables const& tables) { return tables.correlations.of(key_of(correlation)); });
}

std::vector<std::pair<std::int64_t, RunId>> Index::runs_of(TenantId const& tenant,
                                                           std::optional<std::int64_t> before,
                                                           std::size_t limit) const {
  return tables_.with([&](Tables const& tables) {
    std::vector<std::pair<std::int64_t, RunId>> found;
    auto number = tables.tenant_numbers.find(tenant);
    if (number == tables.tenant_numbers.end()) return found;
    auto const& runs = tables.tenant_runs[number->second].submitted;
    auto at = before ? std::lower_bound(runs.begin(), runs.end(), *before, is_older) : runs.end();
    while (at != runs.begin() && found.size() < limit) found.push_back(*--at);
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
    auto const numbers = tables.tenants.of(run);
    if (numbers.empty()) return std::nullopt;
    return tables.tenant_runs[numbers.front()].tenant;
  });
}

std::optional<std::int64_t> Index::last_checkpoint() const {
  return tables_.with([](Tables const& tables) { return tables.checkpoint; });
}

std::int64_t Index::size() const {
  return tables_.with([](Tables const& tables) { return tables.size; });
}

}  // namespace tally::ledger
