#pragma once

// Signs checkpoint texts with the ledger's Ed25519 key (RFC 8032). The key never leaves the
// implementation. The signature is made over the message as it is, without a prefix of ours.

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace tally::ports {

using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;

class Signer {
 public:
  virtual ~Signer() = default;
  virtual PublicKey public_key() const = 0;
  virtual Result<Signature> sign(ByteView message) = 0;
};

}  // namespace tally::ports
