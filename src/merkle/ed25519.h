#pragma once

// Ed25519 signatures (RFC 8032 section 5.1). They are deterministic: the same key and message
// always give the same 64 bytes.

#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace tally::merkle {

using Seed = std::array<std::uint8_t, 32>;  // the private key as RFC 8032 stores it
using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;

// A private key. Its bytes are wiped when it goes; it cannot be copied.
class SigningKey {
 public:
  explicit SigningKey(Seed const& seed);
  ~SigningKey();
  SigningKey(SigningKey const&) = delete;
  SigningKey& operator=(SigningKey const&) = delete;

  PublicKey const& public_key() const { return public_key_; }
  Signature sign(ByteView message) const;

 private:
  PublicKey public_key_{};
  std::array<std::uint8_t, 64> secret_{};
};

// False also for keys of small order and for signatures that are not in canonical form.
bool verify(PublicKey const& key, ByteView message, Signature const& signature);

}  // namespace tally::merkle
