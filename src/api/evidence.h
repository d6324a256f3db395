#pragma once

// What the handlers of the evidence plane share. A key with evidence:read sees the events of its
// own tenant; with ops:read besides, those of all.

#include "api/exchange.h"

namespace tally::api {

inline bool may_see(Exchange const& x, domain::Header const& header) {
  return x.caller().may("ops:read") || header.tenant == x.caller().tenant;
}

// The key that spreads the ledger's ids; it stands in leaf 0. Error "damaged".
Result<IdKey> id_key_of(ledger::Reader const& reader);

}  // namespace tally::api
