#pragma once

// An event as it stands in the ledger: decoded, with its leaf's bytes and hash and its sealed
// payload.

#include "base/bytes.h"
#include "base/digest.h"
#include "domain/event.h"

namespace tally::codec {

struct Entry {
  domain::Recorded recorded;
  Digest leaf_hash;  // RFC 6962: SHA-256(0x00 || leaf)
  Bytes leaf;        // the exact bytes
  Bytes enclosure;   // sealed; empty if none
};

}  // namespace tally::codec
