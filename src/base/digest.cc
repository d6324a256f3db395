#include "base/digest.h"

// OpenSSL 3 calls these functions deprecated. Through its EVP interface a digest costs 60 ns more,
// whatever its length: two thirds of what hashing a node of the tree takes, and an event has two
// or three digests (docs/decisions/0017_sha256_without_evp.md).
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <algorithm>

#include "base/check.h"

namespace tally {

namespace {

void begin(SHA256_CTX& context) { TALLY_CHECK(SHA256_Init(&context) == 1, "SHA-256 failed"); }
void add(SHA256_CTX& context, ByteView part) {
  TALLY_CHECK(SHA256_Update(&context, part.data(), part.size()) == 1, "SHA-256 failed");
}
Digest finish(SHA256_CTX& context) {
  Digest digest;
  TALLY_CHECK(SHA256_Final(digest.bytes.data(), &context) == 1, "SHA-256 failed");
  return digest;
}

}  // namespace

std::optional<Digest> Digest::from_hex(std::string_view text) {
  auto bytes = tally::from_hex(text);
  if (!bytes || bytes->size() != 32) return std::nullopt;
  Digest digest;
  std::copy(bytes->begin(), bytes->end(), digest.bytes.begin());
  return digest;
}

Digest sha256(std::initializer_list<ByteView> parts) {
  SHA256_CTX context;
  begin(context);
  for (ByteView part : parts) add(context, part);
  return finish(context);
}

Sha256::Sha256() : context_(std::make_unique<SHA256_CTX>()) { begin(*context_); }
Sha256::~Sha256() = default;
void Sha256::add(ByteView part) { tally::add(*context_, part); }
Digest Sha256::finish() { return tally::finish(*context_); }

Digest hmac_sha256(ByteView key, ByteView message) {
  std::array<std::uint8_t, 64> inner{};
  if (key.size() > inner.size()) {
    Digest const shortened = sha256(key);
    std::copy(shortened.bytes.begin(), shortened.bytes.end(), inner.begin());
  } else {
    std::copy(key.begin(), key.end(), inner.begin());
  }
  std::array<std::uint8_t, 64> outer = inner;
  for (auto& byte : inner) byte ^= 0x36;
  for (auto& byte : outer) byte ^= 0x5c;
  Digest const first = sha256({inner, message});
  return sha256({outer, first.bytes});
}

std::optional<ContentRef> ContentRef::parse(std::string_view text) {
  constexpr std::string_view kPrefix = "sha256:";
  if (!text.starts_with(kPrefix)) return std::nullopt;
  auto digest = Digest::from_hex(text.substr(kPrefix.size()));
  if (!digest) return std::nullopt;
  return ContentRef(*digest);
}

}  // namespace tally
