#pragma once

// The ledger's Ed25519 key in a file: 32 bytes of seed (RFC 8032 section 5.1.5), mode 0600.
// A key that others can read proves nothing, so one with looser permissions is refused.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "ports/entropy.h"
#include "ports/signer.h"

namespace tally::platform {

class FileSigner final : public ports::Signer {
 public:
  static constexpr std::size_t seed_bytes = 32;

  // Reads the key, or makes one when there is no file. A new key is durable (file and directory
  // synced) before this returns. Errors: key_permissions, key_malformed, key_unavailable.
  static Result<std::unique_ptr<FileSigner>> open_or_create(std::string const& path);

  explicit FileSigner(std::span<std::uint8_t const, seed_bytes> seed);
  ~FileSigner() override;
  FileSigner(FileSigner const&) = delete;
  FileSigner& operator=(FileSigner const&) = delete;

  ports::PublicKey public_key() const override { return public_key_; }
  // From any thread. Cannot fail: the key is in memory.
  Result<ports::Signature> sign(ByteView message) override;

 private:
  ports::PublicKey public_key_{};
  std::array<std::uint8_t, 64> secret_key_{};  // seed and public key, as libsodium wants them
};

}  // namespace tally::platform
