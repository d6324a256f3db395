#pragma once

// Data keys in files: <root>/<tenant>/<YYYY-MM>.key, 32 random bytes, mode 0600, durable before
// the first payload is sealed with them. The month is that of the instant, in UTC.
//
// Sealed payload (XChaCha20-Poly1305-IETF, draft-irtf-cfrg-xchacha-03), associated data = tenant:
//   1 byte   version, 1
//   4 bytes  month, little-endian: year * 12 + (month - 1)
//   24 bytes nonce, random
//   n + 16   ciphertext with its tag
//
// Erasing leaves <YYYY-MM>.erased beside the key's place, so that the month never gets a second
// key by accident: sealing there again says "erased".

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "ports/entropy.h"
#include "ports/vault.h"

namespace tally::platform {

// Calendar month in UTC, counted as year * 12 + (month - 1).
struct VaultMonth : Strong<VaultMonth, std::uint32_t> {
  using Strong::Strong;
};
VaultMonth month_of(Instant at);
std::string to_text(VaultMonth month);  // "2026-01"

class FileVault : public ports::Vault {
 public:
  // `root` is the data directory's keys/data; `entropy` outlives the vault. Any thread.
  static Result<std::unique_ptr<FileVault>> open(std::string root, ports::Entropy& entropy);
  ~FileVault() override;

  Result<Bytes> seal(TenantId const& tenant, Instant at, ByteView plain) override;
  Result<Bytes> open(TenantId const& tenant, ByteView sealed) const override;

  // Destroys the month's key; durable when it returns. Every payload under it is unreadable from
  // then on. Erasing twice, or a month without a key, is no error.
  Result<void> erase(TenantId const& tenant, VaultMonth month);

 private:
  using DataKey = std::array<std::uint8_t, 32>;
  using KeyName = std::pair<TenantId, VaultMonth>;

  FileVault(std::string root, ports::Entropy& entropy);
  std::string path(TenantId const& tenant, VaultMonth month, char const* suffix) const;
  Result<DataKey> load(TenantId const& tenant, VaultMonth month) const;
  Result<DataKey> create(TenantId const& tenant, VaultMonth month);
  void forget_one() const;

  std::string root_;
  ports::Entropy& entropy_;
  mutable std::mutex mutex_;  // guards the cache, the entropy and the files
  mutable std::map<KeyName, DataKey> cache_;
};

}  // namespace tally::platform
