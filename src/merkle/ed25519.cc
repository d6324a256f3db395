#include "merkle/ed25519.h"

#include <sodium.h>

#include "base/check.h"

namespace tally::merkle {

namespace {

// The library chooses its code for this processor once; it may be called from any thread.
void start_sodium() {
  static bool const started = sodium_init() >= 0;
  TALLY_CHECK(started, "libsodium does not start");
}

}  // namespace

SigningKey::SigningKey(Seed const& seed) {
  static_assert(sizeof(Seed) == crypto_sign_SEEDBYTES);
  static_assert(sizeof(PublicKey) == crypto_sign_PUBLICKEYBYTES);
  static_assert(sizeof secret_ == crypto_sign_SECRETKEYBYTES);
  start_sodium();
  crypto_sign_seed_keypair(public_key_.data(), secret_.data(), seed.data());
}

SigningKey::~SigningKey() { sodium_memzero(secret_.data(), secret_.size()); }

Signature SigningKey::sign(ByteView message) const {
  static_assert(sizeof(Signature) == crypto_sign_BYTES);
  Signature signature{};
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), secret_.data());
  return signature;
}

bool verify(PublicKey const& key, ByteView message, Signature const& signature) {
  start_sodium();
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                     key.data()) == 0;
}

}  // namespace tally::merkle
