#pragma once

// Events as canonical bytes (RFC 8785) and back. The bytes are the ledger's leaves: what is hashed
// is what is replayed. docs/formats/ledger.md has the members one by one.

#include "base/bytes.h"
#include "base/result.h"
#include "domain/event.h"

namespace tally::codec {

inline constexpr std::size_t kLeafBytesMax = 65'535;  // an entry bundle's length field

// Whether an event has a leaf. `unrecordable`: it holds a text that is not UTF-8, or an integer
// beyond 2^53-1.
enum class Fit { fits, too_large, unrecordable };

// Appends the leaf to `out`; nothing where there is none.
Fit encode(domain::Recorded const& recorded, Bytes& out);
// Errors: "malformed" (not canonical JSON of this shape), "unknown_event" (type or version).
Result<domain::Recorded> decode(ByteView leaf);

enum class Part {
  whole,
  event,  // no snapshot: it is passed over without a look at it, which saves half of the work
};
// The same where the value is to stand; after an error it is of no use. A value has some 2 KB,
// which is worth not moving where many are read. `to` is a fresh one.
Result<void> decode(ByteView leaf, domain::Recorded& to, Part part = Part::whole);

// The version of the event that a leaf holds; 0 where none stands there.
std::int64_t version_in(ByteView leaf);
// What is left of an event of today that is written in an older version and read again. The event
// itself if that version is today's, or is not known.
domain::Event as_of(std::int64_t version, domain::Event event);

}  // namespace tally::codec
