#pragma once

// The members of a leaf in ascending order, for writing and for reading alike:
// docs/formats/ledger.md says what each means. Beside plain members there are three that need more
// than a name: `body` and `decision`, whose kinds are named elsewhere in the leaf, and `type`, the
// body's name and version.

#include "domain/event.h"

namespace tally::codec {

template <class Recorded, class Leaf>
void leaf_members(Recorded& recorded, Leaf& leaf) {
  auto& header = recorded.header;
  leaf.always("actor", header.actor);
  leaf.always("at", header.at);
  leaf.body(recorded.event);
  leaf("correlation_id", header.correlation);
  leaf.decision(recorded);
  leaf("decision_id", header.decision);
  leaf("idempotency", header.idempotency);
  leaf.always("ledger", header.ledger);
  leaf("run_id", header.run);
  leaf.always("salt", header.salt);
  leaf.always("seq", header.seq);
  leaf("span_id", header.span);
  leaf("tenant", header.tenant);
  if (header.tenant) leaf.always("tenant_seq", header.tenant_seq);
  leaf.type();
}

}  // namespace tally::codec
