#pragma once

// What a run costs and how its hold ends.

#include <optional>

#include "domain/run/command.h"

namespace tally::domain::run {

// The cost of work that was done: as reported, or fixed + per_second x elapsed, rounded up to a
// micro. None: the price is "as reported" and nothing believable was reported, or the product is
// more than kAmountMax; nobody may say then.
std::optional<Micros> cost_of(Price const& price, Measured const& measured);

// What work that failed says it cost, where its price is "as reported"; otherwise nothing.
Micros reported_by(Price const& price, Measured const& measured);

// The larger of the floor and the share of the hold, at most the cap, never more than the hold.
Micros fee_of(MinimumFee const& fee, Micros hold);

struct Settlement {
  Charge charge;
  Postings postings;
};
// Ends a hold at a known cost: up to the hold from held to spent, the rest of the hold back to
// available, what exceeds it to overrun.
Settlement settle(Balances const& balances, Micros hold, Micros cost);

}  // namespace tally::domain::run
