#pragma once

// What a run may cost, and what became of that money.

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "domain/fields.h"
#include "domain/money.h"

namespace tally::domain::run {

struct Hold {
  Micros amount;
  std::vector<std::string> scopes{std::string(kTenantScope)};
  Unit unit = Unit::usd;
  TALLY_FIELDS(Hold, amount, scopes, unit);
};

// How the money of a run ended. charged + released = hold; cost = charged + overrun. Of the overrun
// `paid` came out of what was available and `owed` became a debt; by the rule `ignore` both are 0.
struct Charge {
  Micros charged;  // left the hold
  Micros cost;
  Micros debt_paid;  // of what was released, to a debt of earlier runs
  Micros overrun;
  Micros owed;
  Micros paid;  // of the overrun, out of what was available
  Micros released;
  TALLY_FIELDS(Charge, charged, cost, debt_paid, overrun, owed, paid, released);
};

// A lease that ended under work that had begun, and without a report: its worker may still come
// and say what it spent.
struct LostLease {
  std::int64_t fence = 0;
  LeaseId lease;
  TALLY_FIELDS(LostLease, fence, lease);
};
inline constexpr std::size_t kLostLeasesMax = 8;  // of one run; the latest

}  // namespace tally::domain::run
