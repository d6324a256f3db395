#pragma once

// What recorded events say in numbers, so that metrics and records cannot disagree.

#include "domain/event.h"
#include "domain/run/row.h"
#include "metrics/registry.h"

namespace tally::wiring {

// Once for each durable event. `ended` is the row of the run that the event ended; null where it
// ended none.
void count_event(metrics::Registry& metrics, domain::Recorded const& recorded,
                 domain::run::Row const* ended);

}  // namespace tally::wiring
