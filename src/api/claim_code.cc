#include "api/claim_code.h"

namespace tally::api {

namespace {

constexpr std::size_t kCodeBytes = 20;
constexpr std::string_view kPurpose = "tally claim code|";

}  // namespace

std::string claim_code(ByteView pepper, std::array<std::uint8_t, 16> const& salt) {
  Digest const mac = hmac_sha256(pepper, as_bytes(std::string(kPurpose) + to_hex(salt)));
  return std::string(kClaimPrefix) + to_hex(ByteView(mac.bytes).first(kCodeBytes));
}

FreshClaim fresh_claim(ByteView pepper, ports::Entropy& entropy) {
  FreshClaim fresh;
  entropy.fill(fresh.seed.salt);
  fresh.code = claim_code(pepper, fresh.seed.salt);
  fresh.seed.code_sha256 = sha256(as_bytes(fresh.code));
  return fresh;
}

}  // namespace tally::api
