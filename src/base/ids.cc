#include "base/ids.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

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
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

std::string id_text(std::string_view prefix, std::uint64_t value) {
  return fmt::format("{}{:016x}", prefix, value);
}

std::optional<std::uint64_t> id_value(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  if (text.size() != 16) return std::nullopt;
  bool const lower = std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!lower) return std::nullopt;
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return value;
}

std::optional<CorrelationId> parse_correlation_id(std::string_view hex) {
  return parse_fixed<CorrelationId, 16>(hex);
}

std::optional<SpanId> parse_span_id(std::string_view hex) { return parse_fixed<SpanId, 8>(hex); }

std::uint64_t permute(std::uint64_t key, std::uint64_t number) {
  auto left = static_cast<std::uint32_t>(number >> 32);
  auto right = static_cast<std::uint32_t>(number);
  for (std::uint32_t round = 0; round < 6; ++round) {
    std::uint32_t const next = left ^ round_of(key, round, right);
    left = right;
    right = next;
  }
  return std::uint64_t{left} << 32 | right;
}

std::uint64_t unpermute(std::uint64_t key, std::uint64_t permuted) {
  auto left = static_cast<std::uint32_t>(permuted >> 32);
  auto right = static_cast<std::uint32_t>(permuted);
  for (std::uint32_t round = 6; round-- > 0;) {
    std::uint32_t const before = right ^ round_of(key, round, left);
    right = left;
    left = before;
  }
  return std::uint64_t{left} << 32 | right;
}

}  // namespace tally
