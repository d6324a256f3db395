#pragma once

// What is true after every event, everywhere, production included; each check is O(1). A violation
// is a broken assumption: the process ends before anybody hears of the event.

#include <optional>
#include <string_view>

#include "domain/event.h"
#include "domain/state.h"

namespace tally::domain {

// The name of the first invariant that `state` violates after `event`, if any:
//   budget_is_conserved       funding + available + held + spent = 0; overrun + overrun_due = 0
//   nothing_is_overspent      available, held, spent, overrun >= 0
//   a_debt_is_paid_first      nothing is available while something is owed
//   sums_are_bounded          credits <= kAmountMax, overrun <= kDebtMax
//   holds_match_runs          held = sum of the holds of the tenant's live runs
//   a_run_ends_once           live runs = all runs in memory that are not final
//   errors_are_of_their_layer  an error's class is one that its layer may emit
//   order_is_gapless          seq and tenant_seq advance by one, the time is the event's
//                             (apply itself stops where time goes back)
std::optional<std::string_view> violated_invariant(State const& state, Header const& header,
                                                   Event const& event);

}  // namespace tally::domain
