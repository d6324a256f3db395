#include "domain/budget/decide.h"

namespace tally::domain::budget {

GrantFacts gather(State const& state, Grant const& command, Moment const&) {
  GrantFacts facts;
  if (directory::Tenant const* tenant = state.tenants.find(command.tenant)) {
    facts.tenant_known = true;
    facts.balances = tenant->balances;
    facts.plan = tenant->plan;
    facts.runs_live = tenant->runs_live;
  }
  return facts;
}

Outcome decide(Instant, Grant const& command, GrantFacts const& facts) {
  if (!facts.tenant_known) return refuse(RefusalCode::not_found, "no such tenant");
  if (command.amount.value() <= 0)
    return refuse(RefusalCode::validation_error, "a grant is more than nothing");
  if (facts.balances.credits() > kAmountMax - command.amount)
    return refuse(RefusalCode::validation_error, "a tenant cannot hold that many credits");
  PostingPlan plan(facts.balances);
  Micros const paid = plan.credit(AccountKind::funding, command.amount);
  Granted event{.amount = command.amount,
                .debt_paid = paid,
                .person = command.person,
                .postings = plan.take()};
  return {.events = {BudgetEvent(std::move(event))},
          .reply = Done{},
          .run = {},
          .tenant = command.tenant};
}

void apply(State& state, Header const& header, Granted const& event) {
  apply_postings(state.tenants.edit(*header.tenant).balances, event.postings);
}

}  // namespace tally::domain::budget
