#pragma once

// Which documents an event names.

#include <functional>

#include "domain/event.h"

namespace tally::domain {

using VisitDocument = std::function<void(Document const&)>;

// Calls `visit` with each document among the event's own members, at any depth, in the order in
// which they are written: those of a command that the event keeps for later (approval.proposed)
// too. It follows from TALLY_FIELDS, so a new event needs nothing here.
//
// What only stands in the snapshot of a decision is not among them: a refused submit says in its
// command what its input was, and nobody ever reads those bytes. Replay and `why` go by the digest.
void each_document(Event const& event, VisitDocument const& visit);
// Those of a command.
void each_document(Command const& command, VisitDocument const& visit);

}  // namespace tally::domain
