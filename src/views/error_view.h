#pragma once

// An event that speaks of an error, as the envelope that the evidence plane shows.

#include "domain/error/finding.h"
#include "wire/error_messages.h"

namespace tally::views {

// `id_key` is the ledger's (leaf 0): ids of errors are made with it. `finding` is what
// domain::error::finding_of says of `recorded`.
wire::ErrorEnvelope error_view(domain::Recorded const& recorded,
                               domain::error::Recorded const& finding, IdKey id_key);

}  // namespace tally::views
