#include "json/literal.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "json/fault.h"
#include "json/value.h"

namespace tally::json {

namespace {

// The characters that have a short escape, and what stands behind its backslash.
constexpr std::string_view kNamed = "\"\\\b\t\n\f\r";
constexpr std::string_view kNames = "\"\\btnfr";
constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::size_t kIntegerDigitsMax = 16;  // of 2^53-1

constexpr std::uint64_t kOnes = 0x0101010101010101u;
constexpr std::uint64_t kHighs = 0x8080808080808080u;

static_assert(std::endian::native == std::endian::little,
              "the first byte of a text is taken for the lowest of its word");

std::uint64_t word_at(std::string_view text, std::size_t at) {
  std::uint64_t word = 0;
  std::memcpy(&word, text.data() + at, sizeof word);
  return word;
}

bool needs_escape(unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; }

// The highest bit of each of eight bytes that needs an escape. The usual test for a zero byte in a
// word: above a byte that it found it may find another that is none, so only the lowest counts.
std::uint64_t escapes_in(std::uint64_t word) {
  auto has_zero = [](std::uint64_t w) { return (w - kOnes) & ~w & kHighs; };
  std::uint64_t const control = (word - kOnes * 0x20) & ~word & kHighs;
  return control | has_zero(word ^ kOnes * '"') | has_zero(word ^ kOnes * '\\');
}

std::size_t first_byte(std::uint64_t marked) {
  return static_cast<std::size_t>(std::countr_zero(marked)) / 8;
}

void append_escape(std::string& out, char c) {
  out.push_back('\\');
  if (auto at = kNamed.find(c); at != std::string_view::npos) {
    out.push_back(kNames[at]);
    return;
  }
  auto const byte = static_cast<unsigned char>(c);
  out += "u00";
  out.push_back(kHex[byte >> 4]);
  out.push_back(kHex[byte & 15]);
}

// What append_escape writes, and no other way to say the same.
bool take_escape(std::string_view& text, std::string& to) {
  if (text.size() < 2) return false;
  if (auto at = kNames.find(text[1]); at != std::string_view::npos) {
    to.push_back(kNamed[at]);
    text.remove_prefix(2);
    return true;
  }
  if (text.size() < 6 || !text.starts_with("\\u00")) return false;
  auto const low = kHex.find(text[5]);
  if ((text[4] != '0' && text[4] != '1') || low == std::string_view::npos) return false;
  auto const c = static_cast<char>((text[4] - '0') * 16 + static_cast<int>(low));
  if (kNamed.find(c) != std::string_view::npos) return false;
  to.push_back(c);
  text.remove_prefix(6);
  return true;
}

// From behind the opening quote to behind the closing one.
bool skip_string(std::string_view& text) {
  text.remove_prefix(plain_length(text));
  while (text.size() >= 2 && text.front() == '\\') {
    text.remove_prefix(2);
    text.remove_prefix(plain_length(text));
  }
  if (!text.starts_with('"')) return false;
  text.remove_prefix(1);
  return true;
}

// UTF-8 bytes order as UTF-16 code units do, except that the surrogates of characters beyond
// U+FFFF (lead byte F0 and above) stand before U+E000 to U+FFFF (lead bytes EE and EF).
int unit_rank(unsigned char byte) { return byte == 0xEE || byte == 0xEF ? byte + 0x10 : byte; }

}  // namespace

// What is left of a text behind its last whole word is looked at with the bytes before it, once
// more: one word in place of a step for each byte.
std::size_t plain_length(std::string_view text) {
  std::size_t length = 0;
  for (; length + 8 <= text.size(); length += 8)
    if (auto const found = escapes_in(word_at(text, length)); found != 0)
      return length + first_byte(found);
  if (length == text.size()) return length;
  if (length > 0) {
    length = text.size() - 8;
    auto const found = escapes_in(word_at(text, length));
    return length + (found == 0 ? 8 : first_byte(found));
  }
  while (length < text.size() && !needs_escape(static_cast<unsigned char>(text[length]))) ++length;
  return length;
}

bool is_ascii(std::string_view text) {
  std::uint64_t seen = 0;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) seen |= word_at(text, at);
  if (at > 0) return ((seen | word_at(text, text.size() - 8)) & kHighs) == 0;
  for (; at < text.size(); ++at) seen |= static_cast<unsigned char>(text[at]);
  return (seen & kHighs) == 0;
}

bool is_plain_ascii(std::string_view text) {
  auto const plain = [](std::uint64_t word) { return (escapes_in(word) | (word & kHighs)) == 0; };
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8)
    if (!plain(word_at(text, at))) return false;
  if (at > 0) return plain(word_at(text, text.size() - 8));
  for (; at < text.size(); ++at) {
    auto const c = static_cast<unsigned char>(text[at]);
    if (needs_escape(c) || c >= 0x80) return false;
  }
  return true;
}

bool utf16_less(std::string_view a, std::string_view b) {
  auto const [at_a, at_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (at_a == a.end() || at_b == b.end()) return at_b != b.end();
  return unit_rank(static_cast<unsigned char>(*at_a)) <
         unit_rank(static_cast<unsigned char>(*at_b));
}

void append_string(std::string& out, std::string_view text) {
  std::array<char, 64> literal;  // most are short and plain: one piece instead of three
  if (text.size() + 2 <= literal.size() && plain_length(text) == text.size()) {
    literal[0] = '"';
    text.copy(&literal[1], text.size());
    literal[text.size() + 1] = '"';
    out.append(literal.data(), text.size() + 2);
    return;
  }
  out.push_back('"');
  while (true) {
    std::size_t const run = plain_length(text);
    out.append(text.substr(0, run));
    if (run == text.size()) break;
    append_escape(out, text[run]);
    text.remove_prefix(run + 1);
  }
  out.push_back('"');
}

bool take_string(std::string_view& text, std::string& to) {
  if (!text.starts_with('"')) return false;
  std::string_view rest = text.substr(1);
  std::size_t run = plain_length(rest);
  to.assign(rest.substr(0, run));
  rest.remove_prefix(run);
  while (rest.starts_with('\\')) {
    if (!take_escape(rest, to)) return false;
    run = plain_length(rest);
    to.append(rest.substr(0, run));
    rest.remove_prefix(run);
  }
  if (!rest.starts_with('"')) return false;
  rest.remove_prefix(1);
  std::string_view const literal = text.substr(0, text.size() - rest.size());
  if (!is_ascii(literal) && find_fault(literal)) return false;
  text = rest;
  return true;
}

bool take_integer(std::string_view& text, std::int64_t& to) {
  bool const negative = text.starts_with('-');
  std::string_view const digits = text.substr(negative ? 1 : 0);
  std::int64_t number = 0;
  std::size_t count = 0;
  for (; count < digits.size() && digits[count] >= '0' && digits[count] <= '9'; ++count) {
    if (count == kIntegerDigitsMax) return false;
    number = number * 10 + (digits[count] - '0');
  }
  bool const leading_zero = digits.starts_with('0') && (count > 1 || negative);
  if (count == 0 || leading_zero || number > kIntegerMax) return false;
  to = negative ? -number : number;
  text = digits.substr(count);
  return true;
}

bool skip_object(std::string_view& text) {
  if (!text.starts_with('{')) return false;
  std::string_view rest = text;
  std::size_t depth = 0;
  while (!rest.empty()) {
    char const c = rest.front();
    rest.remove_prefix(1);
    if (c == '"' && !skip_string(rest)) return false;
    if (c == '{') ++depth;
    if (c == '}' && --depth == 0) {
      text = rest;
      return true;
    }
  }
  return false;
}

}  // namespace tally::json
