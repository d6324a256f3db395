#include "base/bytes.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/hex.h"

namespace tally {

namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> reverse_of(std::string_view alphabet) {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  return table;
}

constexpr auto kFromBase64 = reverse_of(kBase64);

}  // namespace

std::string to_hex(ByteView bytes) {
  std::string text(bytes.size() * 2, '\0');
  put_hex(text.data(), bytes);
  return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes bytes(text.size() / 2);
  if (!get_hex(text.data(), bytes)) return std::nullopt;
  return bytes;
}

std::string to_base64(ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16;
    if (have > 1) group |= static_cast<std::uint32_t>(bytes[i + 1]) << 8;
    if (have > 2) group |= bytes[i + 2];
    text.push_back(kBase64[group >> 18]);
    text.push_back(kBase64[(group >> 12) & 63]);
    text.push_back(have > 1 ? kBase64[(group >> 6) & 63] : '=');
    text.push_back(have > 2 ? kBase64[group & 63] : '=');
  }
  return text;
}

std::optional<Bytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    bool last = i + 4 == text.size();
    int padding = last && text[i + 3] == '=' ? (text[i + 2] == '=' ? 2 : 1) : 0;
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      int value = static_cast<int>(k) >= 4 - padding
                      ? 0
                      : kFromBase64[static_cast<unsigned char>(text[i + k])];
      if (value < 0) return std::nullopt;
      group = group << 6 | static_cast<std::uint32_t>(value);
    }
    if ((padding == 1 && (group & 0xFF) != 0) || (padding == 2 && (group & 0xFFFF) != 0))
      return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(group >> 16));
    if (padding < 2) bytes.push_back(static_cast<std::uint8_t>(group >> 8));
    if (padding < 1) bytes.push_back(static_cast<std::uint8_t>(group));
  }
  return bytes;
}

void put_u32(std::uint8_t* at, std::uint32_t value) { std::memcpy(at, &value, sizeof value); }
void put_u64(std::uint8_t* at, std::uint64_t value) { std::memcpy(at, &value, sizeof value); }

std::uint32_t get_u32(std::uint8_t const* at) {
  std::uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

std::uint64_t get_u64(std::uint8_t const* at) {
  std::uint64_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

std::uint32_t crc32c(ByteView bytes, std::uint32_t seed) {
  constexpr std::size_t kAtOnce = 1u << 30;  // the library counts in int
  std::uint32_t crc = ~seed;
  for (std::size_t count = 0; !bytes.empty(); bytes = bytes.subspan(count)) {
    count = std::min(bytes.size(), kAtOnce);
    // It only reads, and does not say so.
    crc = crc32_iscsi(const_cast<std::uint8_t*>(bytes.data()), static_cast<int>(count), crc);
  }
  return ~crc;
}

}  // namespace tally
