#include "domain/budget/decide.h"

namespace tally::domain::budget {

namespace {

Outcome invalid_amount(std::string detail) {
  return refuse(Refusal{.code = RefusalCode::validation_error,
                        .detail = std::move(detail),
                        .pointer = "/amount_usd",
                        .shortage = {},
                        .retry_after = {}});
}

}  // namespace

GrantFacts purse_of(State const& state, TenantId const& id) {
  GrantFacts facts;
  if (directory::Tenant const* tenant = state.tenants.find(id)) {
    facts.tenant_known = true;
    facts.balances = tenant->balances;
    facts.plan = tenant->plan;
    facts.runs_live = tenant->runs_live;
  }
  return facts;
}

Outcome decide(Instant, Grant const& command, GrantFacts const& facts) {
  if (!facts.tenant_known) return refuse(RefusalCode::not_found, "no such tenant");
  if (command.amount.value() <= 0) return invalid_amount("must be more than zero");
  Micros const room = kAmountMax - facts.balances.credits();
  if (command.amount > room)
    return invalid_amount("must be at most " + format_usd(room) + ": a tenant is granted at most " +
                          format_usd(kAmountMax) + " USD in all, and this one has had " +
                          format_usd(facts.balances.credits()));
  PostingPlan plan(facts.balances);
  Micros const paid = plan.credit(AccountKind::funding, command.amount);
  Granted event{.amount = command.amount,
                .debt_paid = paid,
                .person = command.person,
                .postings = plan.take()};
  return {.events = {budget::Events(std::move(event))},
          .reply = Done{},
          .run = {},
          .tenant = command.tenant};
}

// A debt needs no word here: nothing is available while something is owed.
Outcome decide(Instant, Withdraw const& command, GrantFacts const& facts) {
  if (!facts.tenant_known) return refuse(RefusalCode::not_found, "no such tenant");
  if (command.amount.value() <= 0) return invalid_amount("must be more than zero");
  PostingPlan plan(facts.balances);
  if (command.amount > plan.of(AccountKind::available))
    return refuse(RefusalCode::conflict,
                  format_usd(command.amount) + " USD cannot be taken back: " +
                      format_usd(plan.of(AccountKind::available)) + " are available, " +
                      format_usd(plan.of(AccountKind::held)) + " held, " +
                      format_usd(plan.of(AccountKind::spent)) + " spent");
  plan.move(AccountKind::available, AccountKind::funding, command.amount);
  Withdrawn event{.amount = command.amount, .person = command.person, .postings = plan.take()};
  return {.events = {budget::Events(std::move(event))},
          .reply = Done{},
          .run = {},
          .tenant = command.tenant};
}

void move_money(State& state, Header const& header, Postings const& postings) {
  apply_postings(state.tenants.edit(*header.tenant).balances, postings);
}

}  // namespace tally::domain::budget
