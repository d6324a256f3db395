#include "merkle/lines.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include "merkle/tree.h"

namespace tally::merkle {

std::optional<std::string_view> take_line(std::string_view& rest) {
  auto const end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view const line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  std::uint64_t number = 0;
  char const* const last = text.data() + text.size();
  auto const [end, error] = std::from_chars(text.data(), last, number);
  if (error != std::errc() || end != last || number > kTreeSizeMax) return std::nullopt;
  return number;
}

std::optional<Digest> digest_from_base64(std::string_view text) {
  auto const bytes = from_base64(text);
  Digest digest;
  if (!bytes || bytes->size() != digest.bytes.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), digest.bytes.begin());
  return digest;
}

std::string digest_to_base64(Digest const& digest) { return to_base64(digest.bytes); }

std::optional<char32_t> take_character(std::string_view& rest) {
  auto const lead = static_cast<unsigned char>(rest.front());
  auto const length = static_cast<std::size_t>(std::countl_one(lead));
  std::size_t const size = length == 0 ? 1 : length;
  if (length == 1 || size > 4 || size > rest.size()) return std::nullopt;
  char32_t character = length == 0 ? lead : lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < size; ++i) {
    auto const byte = static_cast<unsigned char>(rest[i]);
    if ((byte & 0xC0) != 0x80) return std::nullopt;
    character = character << 6 | (byte & 0x3Fu);
  }
  // Each length has a smallest character; below it the form is overlong.
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  bool const surrogate = character >= 0xD800 && character <= 0xDFFF;
  if (character < kSmallest[size] || surrogate || character > 0x10FFFF) return std::nullopt;
  rest.remove_prefix(size);
  return character;
}

}  // namespace tally::merkle
