#pragma once

// Verifier keys of C2SP signed-note v1.0.0, as text "<name>+<8 hex of key id>+<base64 of key>".

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "merkle/ed25519.h"

namespace tally::merkle {

// C2SP signed-note, "Signature types". The others (ECDSA, RFC 6962 heads, ML-DSA) are not spoken.
enum class KeyType : std::uint8_t {
  ed25519 = 0x01,
  cosignature = 0x04,  // Ed25519 over a checkpoint and the time (C2SP tlog-cosignature v1)
};

inline constexpr std::size_t kKeyNameBytesMax = 255;

// A key that is trusted under a name. Invariant of those made by the functions below: the name is
// valid and the id belongs to name, type and key.
struct VerifierKey {
  std::string name;
  std::uint32_t id = 0;
  KeyType type = KeyType::ed25519;
  PublicKey key{};
  friend bool operator==(VerifierKey const&, VerifierKey const&) = default;
};

// UTF-8, not empty, without '+', control characters and Unicode spaces.
bool is_key_name(std::string_view name);

// The first four bytes of SHA-256(name || 0x0A || type || key), big-endian.
std::uint32_t key_id(std::string_view name, KeyType type, PublicKey const& key);

// Error "malformed_vkey" if the name cannot be one.
Result<VerifierKey> make_vkey(std::string_view name, KeyType type, PublicKey const& key);

// Error "malformed_vkey" also for an id that does not belong to the key and for unspoken types.
Result<VerifierKey> parse_vkey(std::string_view text);
std::string format_vkey(VerifierKey const& key);

}  // namespace tally::merkle
