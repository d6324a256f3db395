#include "base/ids.h"

#include <algorithm>

#include "base/hex.h"

namespace tally {

namespace {

template <class Id, std::size_t N>
std::optional<Id> parse_fixed(std::string_view hex) {
  auto bytes = from_hex(hex);
  if (!bytes || bytes->size() != N) return std::nullopt;
  std::array<std::uint8_t, N> raw{};
  std::copy(bytes->begin(), bytes->end(), raw.begin());
  if (raw == std::array<std::uint8_t, N>{}) return std::nullopt;
  return Id(raw);
}

std::uint32_t round_of(std::uint64_t key, std::uint32_t round, std::uint32_t half) {
  std::uint64_t mixed = key ^ (std::uint64_t{round} << 32) ^ half;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  return static_cast<std::uint32_t>((mixed ^ (mixed >> 31)) >> 16);
}

}  // namespace

bool is_name(std::string_view text) {
  if (text == "." || text == "..") return false;
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

std::string id_text(std::string_view prefix, std::uint64_t value) {
  std::string text(prefix.size() + kHexOfNumber, '\0');
  prefix.copy(text.data(), prefix.size());
  put_hex(text.data() + prefix.size(), value);
  return text;
}

std::optional<std::uint64_t> id_value(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::uint64_t value = 0;
  if (text.size() != kHexOfNumber || !get_hex(text.data(), value)) return std::nullopt;
  return value;
}

std::optional<CorrelationId> parse_correlation_id(std::string_view hex) {
  return parse_fixed<CorrelationId, 16>(hex);
}

std::optional<CorrelationId> correlation_in(std::string_view traceparent) {
  constexpr std::size_t kTraceAt = 3, kTraceHex = 32;
  if (traceparent.size() < kTraceAt + kTraceHex) return std::nullopt;
  return parse_correlation_id(traceparent.substr(kTraceAt, kTraceHex));
}

std::optional<SpanId> parse_span_id(std::string_view hex) { return parse_fixed<SpanId, 8>(hex); }

namespace {

constexpr std::uint32_t kFeistelRounds = 6;

// Halves of `bits` bits each; a mask keeps the round function inside.
std::uint64_t feistel(std::uint64_t key, std::uint64_t number, unsigned bits) {
  auto const mask = static_cast<std::uint32_t>((std::uint64_t{1} << bits) - 1);
  auto left = static_cast<std::uint32_t>(number >> bits);
  auto right = static_cast<std::uint32_t>(number) & mask;
  for (std::uint32_t round = 0; round < kFeistelRounds; ++round) {
    std::uint32_t const next = left ^ (round_of(key, round, right) & mask);
    left = right;
    right = next;
  }
  return std::uint64_t{left} << bits | right;
}

std::uint64_t unfeistel(std::uint64_t key, std::uint64_t permuted, unsigned bits) {
  auto const mask = static_cast<std::uint32_t>((std::uint64_t{1} << bits) - 1);
  auto left = static_cast<std::uint32_t>(permuted >> bits);
  auto right = static_cast<std::uint32_t>(permuted) & mask;
  for (std::uint32_t round = kFeistelRounds; round-- > 0;) {
    std::uint32_t const before = right ^ (round_of(key, round, left) & mask);
    right = left;
    left = before;
  }
  return std::uint64_t{left} << bits | right;
}

constexpr std::string_view kErrorPrefix = "err_";
constexpr std::size_t kErrorHex = 12;

}  // namespace

std::uint64_t permute(std::uint64_t key, std::uint64_t number) { return feistel(key, number, 32); }
std::uint64_t unpermute(std::uint64_t key, std::uint64_t permuted) {
  return unfeistel(key, permuted, 32);
}
std::uint64_t permute48(std::uint64_t key, std::uint64_t number) {
  return feistel(key, number, 24);
}
std::uint64_t unpermute48(std::uint64_t key, std::uint64_t permuted) {
  return unfeistel(key, permuted, 24);
}

std::string to_text(ErrorId id) {
  return std::string(kErrorPrefix) + id_text("", id.value()).substr(16 - kErrorHex);
}

std::optional<ErrorId> parse_error_id(std::string_view text) {
  if (!text.starts_with(kErrorPrefix) || text.size() != kErrorPrefix.size() + kErrorHex)
    return std::nullopt;
  auto const value = id_value("", "0000" + std::string(text.substr(kErrorPrefix.size())));
  if (!value) return std::nullopt;
  return ErrorId(*value);
}

}  // namespace tally
