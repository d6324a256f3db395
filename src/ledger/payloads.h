#pragma once

// Inputs and results beside the leaves: sealed through the vault, in the frame up to
// kInFrameBytesMax, in the blob store beyond. The leaf holds a salted digest; the salt is an HMAC
// under the pepper, so the same payload in the same place gives the same enclosure.
// Used by the API (remote callers and workers) and by the in-process worker alike.

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/run/row.h"
#include "ports/blobs.h"
#include "ports/vault.h"

namespace tally::ledger {

inline constexpr std::size_t kInFrameBytesMax = 32 * 1024;  // of the payload, before sealing

class Payloads {
 public:
  struct Sealed {
    domain::run::Enclosure enclosure;  // for the command
    Bytes in_frame;                    // for ledger::Request::enclosure; empty if in a blob
  };

  Payloads(ports::Vault& vault, ports::Blobs& blobs, Bytes pepper)
      : vault_(vault), blobs_(blobs), pepper_(std::move(pepper)) {}

  // `place` names what is sealed, e.g. "input|<hex of the key's digest>" or
  // "result|<run>|<fence>"; equal places with equal payloads give equal enclosures.
  Result<Sealed> seal(TenantId const& tenant, Instant at, std::string_view place,
                      std::string_view payload) const;
  // `in_frame`: Entry::enclosure of the event that carries the enclosure. Checks the salted digest.
  // Errors: "erased", "damaged".
  Result<std::string> open(TenantId const& tenant, domain::run::Enclosure const& enclosure,
                           ByteView in_frame) const;
  // HMAC-SHA-256 under the pepper, for fingerprints: keyed by tenant, so equal bodies of two
  // tenants look different.
  Digest fingerprint(TenantId const& tenant, std::string_view canonical_body) const;

 private:
  ports::Vault& vault_;
  ports::Blobs& blobs_;
  Bytes pepper_;
};

}  // namespace tally::ledger
