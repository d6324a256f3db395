#pragma once

// Byte strings and their text forms.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tally {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<std::uint8_t const>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<std::uint8_t const*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(std::string_view text) {
  auto view = as_bytes(text);
  return {view.begin(), view.end()};
}

// Lower-case hexadecimal (RFC 4648 section 8).
std::string to_hex(ByteView bytes);
// Accepts lower case only and an even length; nothing else.
std::optional<Bytes> from_hex(std::string_view text);

// Standard alphabet with padding (RFC 4648 section 4).
std::string to_base64(ByteView bytes);
// Strict: canonical padding, no white space.
std::optional<Bytes> from_base64(std::string_view text);

// Little-endian integers at a position; the caller guarantees the room.
void put_u32(std::uint8_t* at, std::uint32_t value);
void put_u64(std::uint8_t* at, std::uint64_t value);
std::uint32_t get_u32(std::uint8_t const* at);
std::uint64_t get_u64(std::uint8_t const* at);

// CRC-32C (Castagnoli), as in RFC 3720 B.4.
std::uint32_t crc32c(ByteView bytes, std::uint32_t seed = 0);

}  // namespace tally
