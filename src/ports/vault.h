#pragma once

// Encrypts payloads with a data key per tenant and month. Erasing a key erases every payload
// under it, in mirrors and backups too; the ledger's proofs stay whole. Calls may block: a key may
// have to be read or made.

#include <string>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace tally::ports {

class Vault {
 public:
  virtual ~Vault() = default;
  // Ciphertext, self-describing (names its data key); made for the month of `at`.
  virtual Result<Bytes> seal(TenantId const& tenant, Instant at, ByteView plain) = 0;
  // Errors: "erased" (the key is gone), "damaged" (authentication failed).
  virtual Result<Bytes> open(TenantId const& tenant, ByteView sealed) const = 0;
};

}  // namespace tally::ports
