#pragma once

// A document: bytes that an event names and does not hold, because they are too many or nobody's
// but the tenant's. Inputs, results and what work wrote to stderr are documents.
//
//     event ──names──► Document ── stored: bytes beside the event, in its frame
//                               └─ blob:   bytes in the blob store, under their own hash
//
// Which documents an event names follows from its members (each_document.h): an event that has a
// member of this type names one, and there is no list of such events. A blob that no event of the
// ledger names is collected (ledger/attest.h).

#include <cstdint>
#include <optional>
#include <string>

#include "base/digest.h"
#include "domain/fields.h"

namespace tally::domain {

// An empty digest names no document: runs of the server's own have no input. Else exactly one of
// `blob` and `stored` is there: the SHA-256 of the bytes as they lie, encrypted. So
// they cannot be exchanged or changed without the leaf, and anybody can check them.
struct Document {
  std::optional<ContentRef> blob;  // they lie in the blob store
  std::int64_t bytes = 0;          // of the plain content
  std::string digest;              // lower-case hex of SHA-256(salt || plain content)
  std::string salt;  // hex; an HMAC under the tenant's pepper, so the same content repeats it
  std::optional<ContentRef> stored = {};  // they lie in the frame of the event
  TALLY_FIELDS(Document, blob, bytes, digest, salt, stored);
};

}  // namespace tally::domain
