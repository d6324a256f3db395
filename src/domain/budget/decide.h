#pragma once

// The budget engine's shares of gather, decide and apply (core.h). Its commands all ask about one
// tenant's purse, and its events do nothing but move money.

#include "domain/core.h"

namespace tally::domain::budget {

GrantFacts purse_of(State const& state, TenantId const& tenant);
void move_money(State& state, Header const& header, Postings const& postings);

template <class Command>
requires kIsAlternative<Command, Commands> GrantFacts
gather(State const& state, Command const& command, Moment const&) {
  return purse_of(state, command.tenant);
}
template <class Event>
requires kIsAlternative<Event, Events>
void apply(State& state, Header const& header, Event const& event) {
  move_money(state, header, event.postings);
}
Outcome decide(Instant at, Grant const& command, GrantFacts const& facts);
Outcome decide(Instant at, Withdraw const& command, GrantFacts const& facts);

}  // namespace tally::domain::budget
