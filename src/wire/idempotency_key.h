#pragma once

// The Idempotency-Key field (modelled on draft-ietf-httpapi-idempotency-key-header-07, which is no
// RFC): a structured-field String, or the bare text that most clients send. `"abc"` and `abc` are
// the same key.

#include <string>
#include <string_view>

#include "base/result.h"

namespace tally::wire {

inline constexpr std::size_t kIdempotencyKeyCharactersMax = 255;

// Error "idempotency_key_missing": empty, too long, or not printable ASCII.
Result<std::string> parse_idempotency_key(std::string_view field);

}  // namespace tally::wire
