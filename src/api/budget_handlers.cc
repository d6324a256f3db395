// Budgets: what a tenant may still spend, and where its credits come from.

#include "api/handlers.h"
#include "api/known_names.h"
#include "api/route_of.h"
#include "views/budget_view.h"
#include "wire/budget_messages.h"
#include "wire/endpoints.h"
#include "wire/parameter_messages.h"

namespace tally::api {

namespace {

void no_such_tenant(Exchange& x) {
  auto const directory = x.services.loop.directory();
  x.problem("not_found", "no tenant has this name" + there_are(directory->tenants));
}

void answer_budget(ExchangePtr const& x, TenantId const& tenant, int status) {
  x->services.loop.read_budget(tenant, [x, tenant, status](ledger::BudgetReading reading) {
    if (reading.fate != ledger::PostStatus::decided) return x->fate(reading.fate);
    if (!reading.tenant) return no_such_tenant(*x);
    x->json(status, views::budget_view(tenant, *reading.tenant));
  });
}

void get_budget(ExchangePtr x) { answer_budget(x, x->caller().tenant, 200); }

void get_tenant_budget(ExchangePtr x, wire::TenantPath const& asked) {
  answer_budget(x, asked.tenant, 200);
}

// Posts a Grant or its kin, by the caller, and answers with the budget that it left.
template <class Command>
void move_credits(ExchangePtr x, wire::TenantPath const& at, wire::GrantRequest const& asked) {
  Command command;
  command.amount = asked.amount_usd;
  command.person = x->caller().person;
  command.tenant = at.tenant;
  x->post(
      ledger::Lane::control, domain::budget::Commands(std::move(command)), {},
      [x, tenant = at.tenant](ledger::Answer const& answer) {
        auto const view =
            answer.entry ? views::budget_after(tenant, answer.entry->recorded) : std::nullopt;
        if (!view) return x->broken("credits moved without an event and its snapshot");
        x->json(201, *view);
      },
      [x](domain::Refusal const& refusal) {
        refusal.code == domain::RefusalCode::not_found ? no_such_tenant(*x) : x->refuse(refusal);
      });
}

}  // namespace

std::vector<Route> budget_routes() {
  return {
      route<wire::kGetBudget, get_budget>(RateClass::read),
      route<wire::kGrantBudget, move_credits<domain::budget::Grant>>(RateClass::control),
      route<wire::kWithdrawCredits, move_credits<domain::budget::Withdraw>>(RateClass::control),
      route<wire::kGetTenantBudget, get_tenant_budget>(RateClass::read),
  };
}

}  // namespace tally::api
