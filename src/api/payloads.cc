#include "api/payloads.h"

namespace tally::api {

namespace {

constexpr std::size_t kSaltBytes = 16;

std::string salted_digest(ByteView salt, std::string_view plain) {
  return sha256({salt, as_bytes(plain)}).hex();
}

}  // namespace

Payloads::Payloads(ports::Vault& vault, ports::Blobs& blobs, std::function<Instant()> now,
                   Bytes pepper)
    : vault_(vault), blobs_(blobs), now_(std::move(now)), pepper_(std::move(pepper)) {}

Bytes Payloads::salt(TenantId const& tenant, std::string_view purpose,
                     std::string_view subject) const {
  std::string const message =
      tenant.value() + "|" + std::string(purpose) + "|" + std::string(subject);
  auto const mac = hmac_sha256(pepper_, as_bytes(message));
  return {mac.bytes.begin(), mac.bytes.begin() + kSaltBytes};
}

Digest Payloads::fingerprint(TenantId const& tenant, std::string_view canonical_body) const {
  Bytes key = pepper_;
  auto const name = as_bytes(tenant.value());
  key.insert(key.end(), name.begin(), name.end());
  return hmac_sha256(key, as_bytes(canonical_body));
}

Result<SealedPayload> Payloads::seal(TenantId const& tenant, std::string_view purpose,
                                     std::string_view subject, std::string_view plain) {
  Bytes const own_salt = salt(tenant, purpose, subject);
  SealedPayload sealed;
  sealed.enclosure.bytes = static_cast<std::int64_t>(plain.size());
  sealed.enclosure.salt = to_hex(own_salt);
  sealed.enclosure.digest = salted_digest(own_salt, plain);
  TRY(cipher, vault_.seal(tenant, now_(), as_bytes(plain)));
  if (plain.size() <= kInlineBytesMax) {
    sealed.enclosure.stored = ContentRef(sha256(cipher));
    sealed.inline_bytes = std::move(cipher);
    return sealed;
  }
  TRY(ref, blobs_.put(cipher));
  sealed.enclosure.blob = ref;
  return sealed;
}

Result<std::string> Payloads::open(TenantId const& tenant, domain::Document const& enclosure,
                                   ByteView inline_bytes) const {
  Bytes fetched;
  if (enclosure.blob) {
    TRY(cipher, blobs_.get(*enclosure.blob));
    fetched = std::move(cipher);
  }
  TRY(bytes, vault_.open(tenant, enclosure.blob ? ByteView(fetched) : inline_bytes));
  std::string plain(as_text(bytes));
  auto const own_salt = from_hex(enclosure.salt);
  if (!own_salt || salted_digest(*own_salt, plain) != enclosure.digest)
    return fail("damaged", "the content does not match its digest in the ledger");
  return plain;
}

std::string result_subject(LeaseId lease, std::int64_t fence) {
  return to_text(lease) + "|" + std::to_string(fence);
}

}  // namespace tally::api
