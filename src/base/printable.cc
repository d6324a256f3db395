#include "base/printable.h"

#include <algorithm>

namespace tally {

namespace {

// How many bytes of `text` from its beginning make one character of well-formed UTF-8 (Unicode
// 15.0, table 3-7); 0: none.
std::size_t character(std::string_view text) {
  auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char const lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  std::size_t const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (text.size() < length) return 0;
  unsigned char const low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  unsigned char const high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  return length;
}

// U+0000 to U+001F, U+007F to U+009F.
bool is_control(std::string_view character) {
  auto const first = static_cast<unsigned char>(character[0]);
  if (first < 0x20 || first == 0x7f) return true;
  return first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
}

// U+061C, U+200E and U+200F, U+202A to U+202E, U+2066 to U+2069 change directions; U+2028 and
// U+2029 end lines.
bool turns_or_breaks(std::string_view character) {
  if (character == "\xd8\x9c") return true;
  if (character.size() != 3 || !character.starts_with("\xe2")) return false;
  auto const last = static_cast<unsigned char>(character[2]);
  if (character[1] == '\x80') return last == 0x8e || last == 0x8f || (last >= 0xa8 && last <= 0xae);
  return character[1] == '\x81' && last >= 0xa6 && last <= 0xa9;
}

bool may_stand_on_a_line(std::string_view character) {
  return !is_control(character) && !turns_or_breaks(character);
}

std::string escaped(std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (char const c : bytes) {
    auto const byte = static_cast<unsigned char>(c);
    out += "\\x";
    out += kHex[byte >> 4];
    out += kHex[byte & 0xf];
  }
  return out;
}

bool is_of_a_word(char c) {
  constexpr std::string_view kSigns = "-._:/@+";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kSigns.find(c) != std::string_view::npos;
}

}  // namespace

bool is_one_line(std::string_view text) {
  while (!text.empty()) {
    std::size_t const length = character(text);
    if (length == 0 || !may_stand_on_a_line(text.substr(0, length))) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string printable(std::string_view text, std::size_t bytes_max) {
  std::string out;
  while (!text.empty()) {
    std::size_t const length = character(text);
    auto const one = text.substr(0, length == 0 ? 1 : length);
    bool const good = length > 0 && may_stand_on_a_line(one);
    auto const shown = good ? std::string(one) : escaped(one);
    if (out.size() + shown.size() > bytes_max) break;
    out += shown;
    text.remove_prefix(one.size());
  }
  return out;
}

std::string printable_lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t const length = text.find_first_of("\n\t");
    auto const part = text.substr(0, length);
    out += printable(part, 4 * part.size());  // "\xNN" for each byte
    if (length == std::string_view::npos) break;
    out += text[length];
    text.remove_prefix(length + 1);
  }
  return out;
}

std::string in_quotes(std::string_view text) {
  std::string quoted(1, '"');
  for (char const c : text) {
    if (c == '"' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  return quoted + '"';
}

std::string as_a_word(std::string_view text) {
  return std::ranges::all_of(text, is_of_a_word) ? std::string(text) : in_quotes(text);
}

}  // namespace tally
