#pragma once

// A tenant's budget as it stands.

#include "wire/shape.h"

namespace tally::wire {

struct Budget {
  TenantId tenant;
  PlanName plan;
  Micros granted_usd;
  Micros available_usd;
  Micros held_usd;
  Micros spent_usd;
  Micros overrun_usd;
  std::int64_t runs_live = 0;
  bool operator==(Budget const&) const = default;
  static constexpr std::string_view kName = "Budget";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("tenant", self.tenant);
    visit("plan", self.plan);
    visit("granted_usd", self.granted_usd);
    visit("available_usd", self.available_usd);
    visit("held_usd", self.held_usd);
    visit("spent_usd", self.spent_usd);
    visit("overrun_usd", self.overrun_usd,
          Rule{.says = "owed now: what runs cost above their holds and nobody has paid; while it "
                       "is more than zero no run is accepted"});
    visit("runs_live", self.runs_live);
  }
};

struct GrantRequest {
  Micros amount_usd;
  bool operator==(GrantRequest const&) const = default;
  static constexpr std::string_view kName = "GrantRequest";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("amount_usd", self.amount_usd, Rule{.min = 1, .says = "more than zero"});
  }
};

}  // namespace tally::wire
