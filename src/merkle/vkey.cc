#include "merkle/vkey.h"

#include <algorithm>
#include <optional>

#include "base/digest.h"
#include "merkle/lines.h"

namespace tally::merkle {

namespace {

// Unicode's White_Space property.
bool is_space(char32_t c) {
  if (c >= 0x2000 && c <= 0x200A) return true;
  constexpr std::array<char32_t, 9> kOthers = {0x20,   0x85,   0xA0,   0x1680, 0x2028,
                                               0x2029, 0x202F, 0x205F, 0x3000};
  return std::find(kOthers.begin(), kOthers.end(), c) != kOthers.end();
}

auto malformed(std::string detail) { return fail("malformed_vkey", std::move(detail)); }

std::string id_hex(std::uint32_t id) {
  std::array<std::uint8_t, 4> const bytes = {
      static_cast<std::uint8_t>(id >> 24), static_cast<std::uint8_t>(id >> 16),
      static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id)};
  return to_hex(bytes);
}

std::optional<KeyType> key_type(std::uint8_t byte) {
  for (KeyType type : {KeyType::ed25519, KeyType::cosignature})
    if (byte == static_cast<std::uint8_t>(type)) return type;
  return std::nullopt;
}

}  // namespace

bool is_key_name(std::string_view name) {
  if (name.empty() || name.size() > kKeyNameBytesMax) return false;
  while (!name.empty()) {
    auto const c = take_character(name);
    if (!c || *c < 0x20 || *c == '+' || is_space(*c)) return false;
  }
  return true;
}

std::uint32_t key_id(std::string_view name, KeyType type, PublicKey const& key) {
  std::array<std::uint8_t, 2> const middle = {'\n', static_cast<std::uint8_t>(type)};
  Digest const digest = sha256({as_bytes(name), middle, key});
  std::uint32_t id = 0;
  for (std::size_t i = 0; i < 4; ++i) id = id << 8 | digest.bytes[i];
  return id;
}

Result<VerifierKey> make_vkey(std::string_view name, KeyType type, PublicKey const& key) {
  if (!is_key_name(name))
    return malformed("a key name is not empty and has no space, '+' or control character");
  return VerifierKey{std::string(name), key_id(name, type, key), type, key};
}

Result<VerifierKey> parse_vkey(std::string_view text) {
  auto const first = text.find('+');
  auto const second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return malformed("a key is <name>+<id>+<base64>");
  auto const bytes = from_base64(text.substr(second + 1));
  if (!bytes || bytes->size() != 1 + sizeof(PublicKey))
    return malformed("the key must be base64 of a type byte and 32 bytes");
  auto const type = key_type(bytes->front());
  if (!type) return malformed("the type of the key is neither Ed25519 nor cosignature/v1");
  PublicKey key{};
  std::copy(bytes->begin() + 1, bytes->end(), key.begin());
  TRY(made, make_vkey(text.substr(0, first), *type, key));
  if (text.substr(first + 1, second - first - 1) != id_hex(made.id))
    return malformed("the key id must be " + id_hex(made.id) + " for this name and key");
  return made;
}

std::string format_vkey(VerifierKey const& key) {
  Bytes bytes = {static_cast<std::uint8_t>(key.type)};
  bytes.insert(bytes.end(), key.key.begin(), key.key.end());
  return key.name + "+" + id_hex(key.id) + "+" + to_base64(bytes);
}

}  // namespace tally::merkle
