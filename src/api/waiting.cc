#include "api/waiting.h"

#include <fmt/format.h>

namespace tally::api {

namespace {

using domain::mode::Scope;
using domain::mode::ScopeKind;

std::int64_t seconds_of(Duration duration) { return duration.value() / 1'000'000; }

std::string name_of_scope(Scope const& scope) {
  if (scope.kind == ScopeKind::everything) return "everything";
  return fmt::format("{} {}", domain::mode::name_of(scope.kind), scope.id);
}

// A mode in which nothing executes, on one of the run's scopes.
std::optional<wire::Waiting> held_by_mode(ledger::Directory const& directory, RunId run,
                                          domain::run::Row const& row) {
  std::vector<Scope> scopes{{},
                            {.id = row.tenant.value(), .kind = ScopeKind::tenant},
                            {.id = row.job.value(), .kind = ScopeKind::job},
                            {.id = to_text(run), .kind = ScopeKind::run}};
  if (row.key) scopes.push_back({.id = to_text(*row.key), .kind = ScopeKind::key});
  for (Scope const& scope : scopes) {
    auto const at = directory.modes.find(scope);
    if (at == directory.modes.end() || at->second.mode < domain::mode::Mode::stop) continue;
    return wire::Waiting{
        .waits_for = "mode",
        .since = std::max(at->second.since, row.queued_at),
        .detail = fmt::format("{} is in {} mode: {}", name_of_scope(scope),
                              domain::mode::name_of(at->second.mode), at->second.reason)};
  }
  return std::nullopt;
}

std::string who_asked(Services const& services, domain::run::Row const& row) {
  auto const what = fmt::format("{} in tenant {}", row.job.value(), row.tenant.value());
  auto const last = services.polls.last(row.job, row.tenant);
  if (!last) return fmt::format("no worker has asked for {}", what);
  Duration const ago = services.clock.monotonic() - *last;
  if (ago <= kAskedRecently) return fmt::format("workers ask for {}; its turn comes", what);
  if (row.runner == domain::run::Runner::command)
    return fmt::format("the server's own worker is busy; it last asked for {} {} s ago", what,
                       seconds_of(ago));
  return fmt::format("no worker has asked for {} for {} s", what, seconds_of(ago));
}

}  // namespace

bool has_worker(Services const& services, JobName const& job, TenantId const& tenant) {
  auto const last = services.polls.last(job, tenant);
  return last && services.clock.monotonic() - *last <= kAskedRecently;
}

std::optional<wire::Waiting> waiting_of(Services const& services, RunId run,
                                        domain::run::Row const& row) {
  if (row.phase != domain::run::Phase::queued && row.phase != domain::run::Phase::leased)
    return std::nullopt;
  if (auto held = held_by_mode(*services.loop.directory(), run, row)) return held;
  wire::Waiting waiting{.waits_for = "worker", .since = row.queued_at, .detail = {}};
  if (row.phase == domain::run::Phase::leased)
    waiting.detail = "a worker has taken it and has not started it yet";
  else if (row.not_before)
    waiting.detail = fmt::format(
        "its lease was given back {} times before the work began, so it rests for a while; "
        "the last time: {}",
        row.returns, row.return_reason);
  else
    waiting.detail = who_asked(services, row);
  return waiting;
}

void count_runs_without_worker(Services& services, std::vector<ledger::QueuedRuns> const& queued) {
  auto const& metric = metrics::kTable.runs_without_worker;
  std::map<std::pair<JobName, TenantId>, std::int64_t> now;
  for (auto const& row : queued)
    if (!has_worker(services, row.job, row.tenant)) now[{row.job, row.tenant}] = row.runs;
  services.unserved.with([&](auto& before) {
    for (auto const& [who, runs] : before)
      if (!now.contains(who)) services.metrics.set(metric, 0, who.first, who.second);
    for (auto const& [who, runs] : now) services.metrics.set(metric, runs, who.first, who.second);
    before = std::move(now);
  });
}

}  // namespace tally::api
