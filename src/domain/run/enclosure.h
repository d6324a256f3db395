#pragma once

// A payload that lies encrypted beside an event.

#include <cstdint>
#include <optional>
#include <string>

#include "base/digest.h"
#include "domain/fields.h"

namespace tally::domain::run {

// A payload beside the leaf: its salted digest, and where the encrypted bytes are. A blob is named
// by their hash; without one they lie in the frame of the event that carries this, and `stored` is
// their hash. So they cannot be exchanged or changed without the leaf.
struct Enclosure {
  std::optional<ContentRef> blob;
  std::int64_t bytes = 0;
  std::string digest;  // lower-case hex of SHA-256(salt || payload)
  std::string salt;    // hex; an HMAC under the tenant's pepper, so the same payload repeats it
  std::optional<ContentRef> stored = {};
  TALLY_FIELDS(Enclosure, blob, bytes, digest, salt, stored);
};

}  // namespace tally::domain::run
