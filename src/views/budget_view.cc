#include "views/budget_view.h"

namespace tally::views {

wire::Budget budget_view(TenantId const& id, domain::directory::Tenant const& tenant) {
  using enum domain::AccountKind;
  auto const& balances = tenant.balances;
  return {.tenant = id,
          .plan = tenant.plan,
          .granted_usd = balances.credits(),
          .available_usd = balances.of(available),
          .held_usd = balances.of(held),
          .spent_usd = balances.of(spent),
          .overrun_usd = balances.of(overrun),
          .runs_live = tenant.runs_live};
}

}  // namespace tally::views
