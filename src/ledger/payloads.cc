#include "ledger/payloads.h"

namespace tally::ledger {

namespace {

constexpr std::size_t kSaltBytes = 16;

}  // namespace

Result<Payloads::Sealed> Payloads::seal(TenantId const& tenant, Instant at, std::string_view place,
                                        std::string_view payload) const {
  Digest const mac = hmac_sha256(pepper_, as_bytes(tenant.value() + "|" + std::string(place)));
  ByteView const salt(mac.bytes.data(), kSaltBytes);
  Sealed sealed;
  sealed.enclosure.bytes = static_cast<std::int64_t>(payload.size());
  sealed.enclosure.salt = to_hex(salt);
  sealed.enclosure.digest = sha256({salt, as_bytes(payload)}).hex();
  TRY(bytes, vault_.seal(tenant, at, as_bytes(payload)));
  if (payload.size() <= kInFrameBytesMax) {
    sealed.in_frame = std::move(bytes);
  } else {
    TRY(ref, blobs_.put(bytes));
    sealed.enclosure.blob = ref;
  }
  return sealed;
}

Result<std::string> Payloads::open(TenantId const& tenant, domain::run::Enclosure const& enclosure,
                                   ByteView in_frame) const {
  Bytes fetched;
  if (enclosure.blob) {
    TRY(blob, blobs_.get(*enclosure.blob));
    fetched = std::move(blob);
    in_frame = fetched;
  }
  TRY(plain, vault_.open(tenant, in_frame));
  auto const salt = from_hex(enclosure.salt);
  if (!salt || sha256({*salt, plain}).hex() != enclosure.digest)
    return fail("damaged", "the payload is not the one that the ledger vouches for");
  return std::string(as_text(plain));
}

Digest Payloads::fingerprint(TenantId const& tenant, std::string_view canonical_body) const {
  Digest const key = hmac_sha256(pepper_, as_bytes("tenant|" + tenant.value()));
  return hmac_sha256(key.bytes, as_bytes(canonical_body));
}

}  // namespace tally::ledger
