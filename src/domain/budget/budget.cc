#include "domain/budget/decide.h"

namespace tally::domain::budget {

GrantFacts gather(State const& state, Grant const& command, Moment const&) {
  GrantFacts facts;
  if (directory::Tenant const* tenant = state.tenants.find(command.tenant)) {
    facts.tenant_known = true;
    facts.balances = tenant->balances;
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
  plan.move(AccountKind::funding, AccountKind::available, command.amount);
  Granted event{.amount = command.amount, .person = command.person, .postings = plan.take()};
  return {.events = {BudgetEvent(std::move(event))},
          .reply = Done{},
          .run = {},
          .tenant = command.tenant};
}

void apply(State& state, Header const& header, Granted const& event) {
  apply_postings(state.tenants.edit(*header.tenant).balances, event.postings);
}

}  // namespace tally::domain::budget
