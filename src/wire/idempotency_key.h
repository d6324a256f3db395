#pragma once

// The Idempotency-Key field (modelled on draft-ietf-httpapi-idempotency-key-header-07, which is no
// RFC): a structured-field String, or the bare text that most clients send. `"abc"` and `abc` are
// the same key.

#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/ids.h"
#include "base/result.h"

namespace tally::wire {

inline constexpr std::size_t kIdempotencyKeyCharactersMax = 255;

inline constexpr std::string_view kIdempotencyKeyWanted =
    "send the header Idempotency-Key, 1 to 255 characters of your choice; the same key never does "
    "the same thing twice";

// What a key may hold, after its name.
inline constexpr std::string_view kIdempotencyKeyRule =
    "must have 1 to 255 characters, all of them printable ASCII: no tab, no line break, no "
    "accented letter";
bool is_idempotency_key(std::string_view key);

// The field's value for a key: bare, or in quotes where it would be read as something else.
std::string idempotency_key_field(std::string_view key);

// Errors: "idempotency_key_missing": empty, too long, or not printable ASCII. "malformed": a list,
// as a proxy makes of two fields; a key with a comma in it is sent in quotes.
Result<std::string> parse_idempotency_key(std::string_view field);

// As the ledger knows the key, which it never holds: SHA-256(tenant 0x00 route 0x00 key). `route`
// is the route_name of the endpoint (wire/endpoint.h), "POST /v1/runs".
Digest idempotency_digest(TenantId const& tenant, std::string_view route, std::string_view key);

}  // namespace tally::wire
