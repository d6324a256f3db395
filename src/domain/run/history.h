#pragma once

// Builds a run's row from the run's own events alone. The run table uses it while the run is in
// memory, and the API for runs that have left it.

#include <optional>

#include "domain/event.h"

namespace tally::domain::run {

// Folds one event into the row; run.submitted begins it, events of other engines change nothing.
void advance(std::optional<Row>& row, Header const& header, Event const& event);

// The shares of apply that concern the row alone; `row` is in the phase that the event expects.
Row begin(Header const& header, Submitted const& event);
void advance(Row& row, Header const& header, Leased const& event);
void advance(Row& row, Header const& header, Started const& event);
void advance(Row& row, Header const& header, Requeued const& event);
void advance(Row& row, Header const& header, Reconciling const& event);
void advance(Row& row, Header const& header, CancelRequested const& event);
void advance(Row& row, Header const& header, StopRequested const& event);
void advance(Row& row, Header const& header, Settled const& event);
void advance(Row& row, Header const& header, AuditRequired const& event);
void advance(Row& row, Header const& header, Unaccounted const& event);

}  // namespace tally::domain::run
