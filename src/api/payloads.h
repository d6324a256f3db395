#pragma once

// Inputs and results: sealed through the vault, beside the leaf or in the blob store, named in the
// leaf by a salted digest. Calls may block.

#include <string_view>

#include "domain/run/row.h"
#include "ports/blobs.h"
#include "ports/clock.h"
#include "ports/vault.h"

namespace tally::api {

// Payloads up to this many bytes lie in the frame; larger ones go to the blob store.
inline constexpr std::size_t kInlineBytesMax = 32 * 1024;

struct SealedPayload {
  domain::Document enclosure;
  Bytes inline_bytes;  // goes with the command; empty if the blob store has it
};

class Payloads {
 public:
  Payloads(ports::Vault& vault, ports::Blobs& blobs, std::function<Instant()> now, Bytes pepper);

  // `purpose` and `subject` choose the salt, so that the same payload for the same thing repeats
  // its digest: ("input", idempotency key), ("result", lease and fence).
  Result<SealedPayload> seal(TenantId const& tenant, std::string_view purpose,
                             std::string_view subject, std::string_view plain);
  // The plain text again, checked against the digest. Errors: "erased", "damaged", "not_found".
  Result<std::string> open(TenantId const& tenant, domain::Document const& enclosure,
                           ByteView inline_bytes) const;
  // HMAC-SHA-256 of a canonical body under the tenant's pepper.
  Digest fingerprint(TenantId const& tenant, std::string_view canonical_body) const;

 private:
  Bytes salt(TenantId const& tenant, std::string_view purpose, std::string_view subject) const;
  ports::Vault& vault_;
  ports::Blobs& blobs_;
  std::function<Instant()> now_;  // ledger time: a payload's key is of its event's month
  Bytes pepper_;
};

// The salt's subject for the result of a lease.
std::string result_subject(LeaseId lease, std::int64_t fence);

}  // namespace tally::api
