#pragma once

// Real Ed25519 with a key from the seed.

#include "base/prng.h"
#include "merkle/ed25519.h"
#include "ports/signer.h"

namespace tally::sim {

class SimSigner final : public ports::Signer {
 public:
  explicit SimSigner(std::uint64_t seed) : key_(key_seed(seed)) {}
  ports::PublicKey public_key() const override { return key_.public_key(); }
  Result<ports::Signature> sign(ByteView message) override { return key_.sign(message); }

 private:
  static merkle::Seed key_seed(std::uint64_t seed) {
    Prng prng(seed);
    merkle::Seed bytes{};
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(prng.next());
    return bytes;
  }
  merkle::SigningKey key_;
};

}  // namespace tally::sim
