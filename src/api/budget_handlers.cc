// Budgets: what a tenant may still spend, and where its credits come from.

#include "api/handlers.h"
#include "api/known_names.h"
#include "views/budget_view.h"
#include "wire/budget_messages.h"

namespace tally::api {

namespace {

void no_such_tenant(Exchange& x) {
  auto const directory = x.services.loop.directory();
  x.problem("not_found", "no tenant has this name" + there_are(directory->tenants));
}

void answer_budget(ExchangePtr const& x, TenantId const& tenant, int status) {
  x->services.loop.read_budget(tenant, [x, tenant, status](ledger::BudgetReading reading) {
    if (reading.fate != ledger::Fate::decided) return x->fate(reading.fate);
    if (!reading.tenant) return no_such_tenant(*x);
    x->json(status, views::budget_view(tenant, *reading.tenant));
  });
}

std::optional<TenantId> tenant_in_path(Exchange& x) {
  if (is_name(x.path.at(0))) return TenantId(x.path[0]);
  no_such_tenant(x);
  return std::nullopt;
}

}  // namespace

void get_budget(ExchangePtr x) { answer_budget(x, x->caller().tenant, 200); }

void get_tenant_budget(ExchangePtr x) {
  if (auto const tenant = tenant_in_path(*x)) answer_budget(x, *tenant, 200);
}

void grant_budget(ExchangePtr x) {
  auto const tenant = tenant_in_path(*x);
  if (!tenant) return;
  auto const grant = x->body<wire::GrantRequest>();
  if (!grant) return;
  domain::budget::Grant command;
  command.amount = grant->amount_usd;
  command.person = x->caller().person;
  command.tenant = *tenant;
  x->post(
      ledger::Lane::control, domain::budget::Commands(std::move(command)), {},
      [x, tenant = *tenant](ledger::Answer const& answer) {
        auto const view =
            answer.entry ? views::granted_view(tenant, answer.entry->recorded) : std::nullopt;
        if (!view) return x->broken("a grant left no event with its snapshot");
        x->json(201, *view);
      },
      [x](domain::Refusal const& refusal) {
        refusal.code == domain::RefusalCode::not_found ? no_such_tenant(*x) : x->refuse(refusal);
      });
}

}  // namespace tally::api
