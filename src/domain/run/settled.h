#pragma once

// The one way in which a run's hold ends; shared by the work, cancel and audit decisions.

#include "domain/run/event.h"
#include "domain/run/facts.h"

namespace tally::domain::run {

// `facts.situation` and `facts.run` must be there; `facts.balances` are the tenant's.
Settled settled(RunFacts const& facts, Phase phase, Micros cost, std::string reason);

}  // namespace tally::domain::run
