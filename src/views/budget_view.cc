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

std::optional<wire::Budget> budget_after(TenantId const& id, domain::Recorded const& recorded) {
  auto const* event = std::get_if<domain::budget::Events>(&recorded.event);
  if (event == nullptr || !recorded.snapshot) return std::nullopt;
  auto const* facts = std::get_if<domain::budget::GrantFacts>(&recorded.snapshot->facts);
  if (facts == nullptr) return std::nullopt;
  domain::directory::Tenant tenant;
  tenant.balances = facts->balances;
  auto const postings = std::visit([](auto const& one) { return one.postings; }, *event);
  for (auto const& posting : postings) tenant.balances.of(posting.account) = posting.balance;
  tenant.plan = facts->plan;
  tenant.runs_live = facts->runs_live;
  return budget_view(id, tenant);
}

}  // namespace tally::views
