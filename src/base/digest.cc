#include "base/digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "base/check.h"

namespace tally {

namespace {

// OpenSSL 3 looks the algorithm up on every one-shot call, which costs more than hashing an
// event; so it is fetched once and each thread keeps its context.
EVP_MD const* sha256_algorithm() {
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  TALLY_CHECK(algorithm != nullptr, "OpenSSL has no SHA-256");
  return algorithm;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

EVP_MD_CTX* thread_context() {
  thread_local std::unique_ptr<EVP_MD_CTX, FreeContext> const context(EVP_MD_CTX_new());
  return context.get();
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
  EVP_MD_CTX* context = thread_context();
  bool ok = EVP_DigestInit_ex2(context, sha256_algorithm(), nullptr) == 1;
  for (ByteView part : parts) ok = ok && EVP_DigestUpdate(context, part.data(), part.size()) == 1;
  Digest digest;
  ok = ok && EVP_DigestFinal_ex(context, digest.bytes.data(), nullptr) == 1;
  TALLY_CHECK(ok, "SHA-256 failed");
  return digest;
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  bool const ok = EVP_DigestInit_ex2(context_, sha256_algorithm(), nullptr) == 1;
  TALLY_CHECK(ok, "SHA-256 failed");
}

Sha256::~Sha256() { EVP_MD_CTX_free(context_); }

void Sha256::add(ByteView part) {
  bool const ok = EVP_DigestUpdate(context_, part.data(), part.size()) == 1;
  TALLY_CHECK(ok, "SHA-256 failed");
}

Digest Sha256::finish() {
  Digest digest;
  bool const ok = EVP_DigestFinal_ex(context_, digest.bytes.data(), nullptr) == 1;
  TALLY_CHECK(ok, "SHA-256 failed");
  return digest;
}

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
