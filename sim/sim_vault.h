#pragma once

// A vault whose encryption keeps nothing secret and notices everything: a key stream from the seed,
// the tenant and a counter, and a MAC over it all.

#include <set>

#include "base/digest.h"
#include "ports/vault.h"

namespace tally::sim {

class SimVault final : public ports::Vault {
 public:
  explicit SimVault(std::uint64_t seed) : seed_(seed) {}
  Result<Bytes> seal(TenantId const& tenant, Instant at, ByteView plain) override;
  Result<Bytes> open(TenantId const& tenant, ByteView sealed) const override;
  // From now on everything of this tenant is unreadable.
  void erase(TenantId const& tenant) { erased_.insert(tenant); }

 private:
  Bytes stream(TenantId const& tenant, std::uint64_t nonce, std::size_t size) const;
  Digest mac(TenantId const& tenant, ByteView bytes) const;

  std::uint64_t seed_;
  std::uint64_t nonces_ = 0;
  std::set<TenantId> erased_;
};

}  // namespace tally::sim
