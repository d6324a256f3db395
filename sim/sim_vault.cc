#include "sim/sim_vault.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/prng.h"

namespace tally::sim {

namespace {

// nonce (8 bytes), ciphertext, MAC (32 bytes)
constexpr std::size_t kNonceBytes = 8;
constexpr std::size_t kMacBytes = 32;

}  // namespace

Bytes SimVault::stream(TenantId const& tenant, std::uint64_t nonce, std::size_t size) const {
  auto const key = sha256(as_bytes(fmt::format("{}|{}|{}", seed_, tenant.value(), nonce)));
  Prng prng(get_u64(key.bytes.data()));
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(prng.next());
  return bytes;
}

Digest SimVault::mac(TenantId const& tenant, ByteView bytes) const {
  return hmac_sha256(as_bytes(fmt::format("{}|{}", seed_, tenant.value())), bytes);
}

Result<Bytes> SimVault::seal(TenantId const& tenant, Instant, ByteView plain) {
  std::uint64_t const nonce = seed_ ^ ++nonces_;
  Bytes sealed(kNonceBytes);
  put_u64(sealed.data(), nonce);
  Bytes cipher = stream(tenant, nonce, plain.size());
  for (std::size_t i = 0; i < plain.size(); ++i) cipher[i] ^= plain[i];
  sealed.insert(sealed.end(), cipher.begin(), cipher.end());
  auto const tag = mac(tenant, sealed);
  sealed.insert(sealed.end(), tag.bytes.begin(), tag.bytes.end());
  return sealed;
}

Result<Bytes> SimVault::open(TenantId const& tenant, ByteView sealed) const {
  if (erased_.contains(tenant)) return fail("erased", "The key of this content is gone.");
  if (sealed.size() < kNonceBytes + kMacBytes)
    return fail("damaged", "The sealed content is too short.");
  auto const body = sealed.first(sealed.size() - kMacBytes);
  if (!std::ranges::equal(mac(tenant, body).bytes, sealed.last(kMacBytes)))
    return fail("damaged", "The sealed content was changed.");
  Bytes plain = stream(tenant, get_u64(body.data()), body.size() - kNonceBytes);
  for (std::size_t i = 0; i < plain.size(); ++i) plain[i] ^= body[kNonceBytes + i];
  return plain;
}

}  // namespace tally::sim
