#pragma once

// The code with which a person fetches a key that another made for them. It is an HMAC of a random
// salt under the server's pepper: the salt stands in the ledger, the code nowhere, and the server
// can make it again for the one time that it is shown.

#include <string>

#include "domain/directory/engine.h"
#include "ports/entropy.h"

namespace tally::api {

inline constexpr std::string_view kClaimPrefix = "tc_";

// "tc_" and 160 bits in hexadecimal.
std::string claim_code(ByteView pepper, std::array<std::uint8_t, 16> const& salt);

struct FreshClaim {
  std::string code;
  domain::directory::ClaimSeed seed;  // what is recorded
};
FreshClaim fresh_claim(ByteView pepper, ports::Entropy& entropy);

}  // namespace tally::api
