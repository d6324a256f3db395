#include "domain/invariants.h"

#include <algorithm>

#include "domain/system_tenant.h"

namespace tally::domain {

namespace {

// The server's own runs cost nothing (system_tenant.h).
bool moved_money(directory::Tenant const& tenant) {
  return std::ranges::any_of(all_of(AccountKind{}), [&](AccountKind kind) {
    return tenant.balances.of(kind) != Micros(0);
  });
}

std::optional<std::string_view> violated(directory::Tenant const& tenant) {
  using enum AccountKind;
  Balances const& b = tenant.balances;
  if (b.of(funding) + b.of(available) + b.of(held) + b.of(spent) != Micros(0) ||
      b.of(overrun) + b.of(overrun_due) != Micros(0))
    return "budget_is_conserved";
  for (AccountKind kind : {available, held, spent, overrun})
    if (b.of(kind) < Micros(0)) return "nothing_is_overspent";
  if (b.of(available) > Micros(0) && b.of(overrun) > Micros(0)) return "a_debt_is_paid_first";
  if (b.credits() > kAmountMax || b.of(overrun) > kDebtMax) return "sums_are_bounded";
  if (tenant.holds_live != b.of(held) || tenant.runs_live < 0) return "holds_match_runs";
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> violated_invariant(State const& state, Header const& header,
                                                   Event const& event) {
  if (auto const* group = std::get_if<error::Events>(&event)) {
    auto const& recorded = std::get<error::Recorded>(*group);
    if (!may_emit(recorded.layer, recorded.error_class)) return "errors_are_of_their_layer";
  }
  if (state.ledger.seq_next != header.seq + 1 || state.ledger.at != header.at)
    return "order_is_gapless";
  std::int64_t live = 0;
  for (run::Phase phase : all_of(run::Phase{}))
    if (!run::is_final(phase)) live += state.phases[static_cast<std::size_t>(phase)];
  if (live != state.runs_live) return "a_run_ends_once";
  if (!header.tenant) return std::nullopt;
  directory::Tenant const& tenant = state.tenants.at(*header.tenant);
  if (tenant.seq_next != header.tenant_seq + 1) return "order_is_gapless";
  if (is_system(*header.tenant) && moved_money(tenant)) return "the_system_moves_no_money";
  return violated(tenant);
}

}  // namespace tally::domain
