#pragma once

// SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104) over byte strings.

#include <array>
#include <compare>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"

struct SHA256state_st;  // of OpenSSL

namespace tally {

struct Digest {
  std::array<std::uint8_t, 32> bytes{};
  friend bool operator==(Digest const&, Digest const&) = default;
  friend auto operator<=>(Digest const&, Digest const&) = default;
  // Any eight bytes of a digest spread as well as all of them.
  template <class Hash>
  friend Hash AbslHashValue(Hash hash, Digest const& digest) {
    return Hash::combine(std::move(hash), get_u64(digest.bytes.data()));
  }
  std::string hex() const { return to_hex(bytes); }
  static std::optional<Digest> from_hex(std::string_view text);
};

// The digest of the concatenation of the parts.
Digest sha256(std::initializer_list<ByteView> parts);
inline Digest sha256(ByteView bytes) { return sha256({bytes}); }

// The digest of each message; many at once take half of the time, where the processor can.
void sha256_each(std::span<ByteView const> messages, std::span<Digest> digests);

// SHA-256 of bytes that come in parts.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256 const&) = delete;
  Sha256& operator=(Sha256 const&) = delete;
  void add(ByteView part);
  // Of all parts; nothing may be added or asked afterwards.
  Digest finish();

 private:
  std::unique_ptr<SHA256state_st> context_;
};

Digest hmac_sha256(ByteView key, ByteView message);

// A reference to content by its hash: "sha256:" + 64 lower-case hex. A plain string cannot
// become one without passing parse (PV-002).
class ContentRef {
 public:
  ContentRef() = default;
  explicit ContentRef(Digest digest) : digest_(digest) {}
  static std::optional<ContentRef> parse(std::string_view text);
  std::string text() const { return "sha256:" + digest_.hex(); }
  Digest const& digest() const { return digest_; }
  friend bool operator==(ContentRef const&, ContentRef const&) = default;
  friend auto operator<=>(ContentRef const&, ContentRef const&) = default;

 private:
  Digest digest_;
};

}  // namespace tally
