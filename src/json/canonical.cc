#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "json/value.h"

namespace tally::json {

namespace {

bool needs_escape(unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; }

// True if one of eight bytes needs an escape. The usual test for a zero byte in a word: it may
// point at a wrong byte above a right one, but never sees one where there is none.
bool any_needs_escape(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101u;
  constexpr std::uint64_t kHighs = 0x8080808080808080u;
  auto has_zero = [](std::uint64_t w) { return (w - kOnes) & ~w & kHighs; };
  std::uint64_t const control = (word - kOnes * 0x20) & ~word & kHighs;
  return (control | has_zero(word ^ kOnes * '"') | has_zero(word ^ kOnes * '\\')) != 0;
}

// How many bytes from the front can be copied as they are.
std::size_t plain_run(std::string_view text) {
  std::size_t length = 0;
  for (; length + 8 <= text.size(); length += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + length, sizeof word);
    if (any_needs_escape(word)) break;
  }
  while (length < text.size() && !needs_escape(static_cast<unsigned char>(text[length]))) ++length;
  return length;
}

void append_escape(std::string& out, char c) {
  constexpr std::string_view kNamed = "\"\\\b\t\n\f\r";
  constexpr std::string_view kNames = "\"\\btnfr";
  constexpr std::string_view kHex = "0123456789abcdef";
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

// UTF-8 bytes order as UTF-16 code units do, except that the surrogates of characters beyond
// U+FFFF (lead byte F0 and above) stand before U+E000 to U+FFFF (lead bytes EE and EF).
int unit_rank(unsigned char byte) { return byte == 0xEE || byte == 0xEF ? byte + 0x10 : byte; }

bool utf16_less(std::string_view a, std::string_view b) {
  auto const [at_a, at_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (at_a == a.end() || at_b == b.end()) return at_b != b.end();
  return unit_rank(static_cast<unsigned char>(*at_a)) <
         unit_rank(static_cast<unsigned char>(*at_b));
}

enum class Order { as_given, sorted };

void append_value(std::string& out, Value const& value, Order order);

void append_member(std::string& out, Member const& member, Order order) {
  if (out.back() != '{') out.push_back(',');
  append_string(out, member.first);
  out.push_back(':');
  append_value(out, member.second, order);
}

void append_object(std::string& out, Object const& members, Order order) {
  out.push_back('{');
  if (order == Order::as_given) {
    for (Member const& member : members) append_member(out, member, order);
  } else {
    std::vector<Member const*> sorted;
    sorted.reserve(members.size());
    for (Member const& member : members) sorted.push_back(&member);
    std::sort(sorted.begin(), sorted.end(),
              [](Member const* a, Member const* b) { return utf16_less(a->first, b->first); });
    for (Member const* member : sorted) append_member(out, *member, order);
  }
  out.push_back('}');
}

void append_array(std::string& out, Array const& items, Order order) {
  out.push_back('[');
  for (Value const& item : items) {
    if (&item != items.data()) out.push_back(',');
    append_value(out, item, order);
  }
  out.push_back(']');
}

void append_integer(std::string& out, std::int64_t number) {
  std::array<char, 24> buffer{};
  auto const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  out.append(buffer.data(), end);
}

void append_value(std::string& out, Value const& value, Order order) {
  if (auto const* flag = value.boolean()) {
    out += *flag ? "true" : "false";
  } else if (auto const* integer = value.integer()) {
    append_integer(out, *integer);
  } else if (auto const* real = value.real()) {
    append_double(out, *real);
  } else if (auto const* text = value.string()) {
    append_string(out, *text);
  } else if (auto const* items = value.array()) {
    append_array(out, *items, order);
  } else if (auto const* members = value.object()) {
    append_object(out, *members, order);
  } else {
    out += "null";
  }
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  out.push_back('"');
  while (true) {
    std::size_t const run = plain_run(text);
    out.append(text.substr(0, run));
    if (run == text.size()) break;
    append_escape(out, text[run]);
    text.remove_prefix(run + 1);
  }
  out.push_back('"');
}

std::string canonical(Value const& value) {
  std::string out;
  append_value(out, value, Order::sorted);
  return out;
}

std::string write(Value const& value) {
  std::string out;
  append_value(out, value, Order::as_given);
  return out;
}

}  // namespace tally::json
