#include "api/figures.h"

#include "api/routes.h"
#include "domain/error/finding.h"
#include "wire/problem_catalog.h"

namespace tally::api {

namespace {

using metrics::kTable;
using UsdRows = std::vector<std::tuple<Micros, TenantId>>;

UsdRows rows_of(std::vector<ledger::TenantFigures> const& tenants,
                Micros (*figure)(domain::Balances const&)) {
  UsdRows rows;
  for (auto const& one : tenants) rows.emplace_back(figure(one.balances), one.tenant);
  return rows;
}

template <domain::AccountKind kKind>
Micros balance(domain::Balances const& balances) {
  return balances.of(kKind);
}

}  // namespace

metrics::Given words_of(Options const& options) {
  metrics::Given given;
  for (Route const& route : routes()) given.routes.emplace_back(route.pattern);
  for (auto const& kind : wire::problem_kinds()) given.codes.emplace_back(kind.code);
  given.codes.emplace_back(domain::error::kReplayed);
  given.codes.emplace_back(domain::error::kUnchanged);
  for (Probe const& probe : options.probes) given.dependencies.push_back(probe.name);
  given.dependencies.emplace_back("clock");
  given.versions.push_back(options.version);
  return given;
}

void set_tenant_figures(metrics::Registry& metrics,
                        std::vector<ledger::TenantFigures> const& tenants) {
  using enum domain::AccountKind;
  metrics.replace(kTable.tenant_available, rows_of(tenants, balance<available>));
  metrics.replace(kTable.tenant_held, rows_of(tenants, balance<held>));
  metrics.replace(kTable.tenant_overrun, rows_of(tenants, balance<overrun>));
  metrics.replace(kTable.tenant_spent, rows_of(tenants, balance<spent>));
  metrics.replace(kTable.tenant_granted, rows_of(tenants, [](domain::Balances const& balances) {
                    return balances.credits();
                  }));
  std::vector<std::tuple<std::int64_t, TenantId>> live;
  for (auto const& one : tenants) live.emplace_back(one.runs_live, one.tenant);
  metrics.replace(kTable.tenant_runs_live, live);
}

}  // namespace tally::api
