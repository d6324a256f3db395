#pragma once

// What a run costs and how its hold ends.

#include <optional>

#include "domain/run/command.h"

namespace tally::domain::run {

// The cost of work that was done: as reported, or fixed + per_second x elapsed, rounded up to a
// micro. None: the price is "as reported" and nothing believable was reported, or the product is
// more than kAmountMax; nobody may say then.
std::optional<Micros> cost_of(Price const& price, Measured const& measured);

// Whether the time that the work took, by a price of ours, cost more than its hold. Such work ends
// at its hold: nobody pays for the rest.
bool outran(Price const& price, Micros hold, Measured const& measured);

// What work that failed says it cost, where its price is "as reported"; otherwise zero. None: it
// says what nobody believes.
std::optional<Micros> reported_by(Price const& price, Measured const& measured);

// The larger of the floor and the share of the hold, at most the cap, never more than the hold.
Micros fee_of(MinimumFee const& fee, Micros hold);

struct Settlement {
  Charge charge;
  Postings postings;
};
// Ends a hold at a known cost, from 0 to kAmountMax. Up to the hold goes from held to spent; the
// rest of the hold comes back, and pays a debt first; what exceeds the hold is met as `rule` says.
// None: the debt would be more than kDebtMax.
std::optional<Settlement> settle(Balances const& balances, Micros hold, Micros cost,
                                 OverrunRule rule);

}  // namespace tally::domain::run
