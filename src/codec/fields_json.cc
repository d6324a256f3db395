#include "codec/fields_json.h"

#include <algorithm>

#include "base/check.h"
#include "base/decimal.h"
#include "base/hex.h"
#include "json/fault.h"
#include "json/literal.h"
#include "json/value.h"

namespace tally::codec {

namespace {

constexpr std::string_view kStranger = "is not known here, or not in its place";

// Byte order is the canonical order of names but for characters from U+E000 on (lead byte EE or
// more), which UTF-16 orders otherwise; the general writer sorts those.
bool needs_sorting(Labels const& labels) {
  return std::any_of(labels.begin(), labels.end(), [](auto const& label) {
    return std::any_of(label.first.begin(), label.first.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= 0xEE; });
  });
}

// A literal of the prefix and so many digits, which the caller puts where this points.
char* extend_by_literal(Buffer& out, std::string_view prefix, std::size_t digits) {
  char* const at = out.extend(prefix.size() + digits + 2);
  *at = '"';
  prefix.copy(at + 1, prefix.size());
  at[prefix.size() + digits + 1] = '"';
  return at + 1 + prefix.size();
}

}  // namespace

void write_text(Buffer& out, std::string_view text) {
  if (json::is_plain_ascii(text)) return write_word(out, text);
  std::string literal;
  json::append_string(literal, text);
  if (json::find_fault(literal)) out.spoil();
  out.put(literal);
}

void write_word(Buffer& out, std::string_view word) {
  char* const at = out.extend(word.size() + 2);
  at[0] = '"';
  std::memcpy(at + 1, word.data(), word.size());
  at[word.size() + 1] = '"';
}

void write_integer(Buffer& out, std::int64_t number) {
  if (number < -json::kIntegerMax || number > json::kIntegerMax) {
    out.spoil();
    number = 0;
  }
  if (number < 0) out.put('-');
  Decimal const decimal(static_cast<std::uint64_t>(number < 0 ? -number : number));
  out.put(decimal.text());
}

void write_digits(Buffer& out, ByteView bytes) { put_hex(out.extend(2 * bytes.size()), bytes); }

void write_digits(Buffer& out, std::uint64_t number) { put_hex(out.extend(kHexOfNumber), number); }

void write_hex(Buffer& out, std::string_view prefix, ByteView bytes) {
  put_hex(extend_by_literal(out, prefix, 2 * bytes.size()), bytes);
}

void write_id(Buffer& out, std::string_view prefix, std::uint64_t value) {
  put_hex(extend_by_literal(out, prefix, kHexOfNumber), value);
}

void write_labels(Buffer& out, Labels const& labels) {
  if (needs_sorting(labels)) {
    json::Object members;
    for (auto const& [name, text] : labels) members.emplace_back(name, json::Value(text));
    std::string const object = json::canonical(json::Value(std::move(members)));
    if (json::find_fault(object)) out.spoil();
    out.put(object);
    return;
  }
  out.put('{');
  for (auto const& [name, text] : labels) {
    if (!out.ends_with('{')) out.put(',');
    write_text(out, name);
    out.put(':');
    write_text(out, text);
  }
  out.put('}');
}

bool Reader::refuse(std::string_view what) {
  what_ = what;
  place_.clear();
  return false;
}

bool Reader::within(std::string_view name) {
  place_ = json::pointer_join({}, name) + place_;
  return false;
}

Error Reader::error() const { return {"malformed", "at \"" + place_ + "\": " + what_, {}}; }

bool Reader::take_text(std::string_view text) {
  std::size_t const size = text.size() + 2;
  if (rest_.size() < size || rest_.front() != '"' || rest_[size - 1] != '"' ||
      rest_.substr(1, text.size()) != text)
    return false;
  rest_.remove_prefix(size);
  return true;
}

bool Reader::read_text(std::string& to) {
  return json::take_string(rest_, to) || refuse("must be a string");
}

bool Reader::read_integer(std::int64_t& to) {
  return json::take_integer(rest_, to) || refuse("must be an integer");
}

bool Reader::read_bool(bool& to) {
  std::string_view const word = rest_.starts_with('t') ? "true" : "false";
  if (!rest_.starts_with(word)) return refuse("must be true or false");
  rest_.remove_prefix(word.size());
  to = word.size() == 4;
  return true;
}

bool Reader::read_hex(std::string_view prefix, std::span<std::uint8_t> to) {
  std::size_t const size = prefix.size() + 2 * to.size() + 2;
  if (rest_.size() < size || rest_.front() != '"' || rest_[size - 1] != '"' ||
      rest_.substr(1, prefix.size()) != prefix)
    return refuse("must be \"" + std::string(prefix) + "\" and " + std::to_string(2 * to.size()) +
                  " hex digits");
  if (!get_hex(rest_.data() + 1 + prefix.size(), to))
    return refuse("has a character that is no lower-case hex digit");
  rest_.remove_prefix(size);
  return true;
}

bool Reader::read_id(std::string_view prefix, std::uint64_t& to) {
  std::array<std::uint8_t, 8> bytes{};
  if (!read_hex(prefix, bytes)) return false;
  for (std::uint8_t byte : bytes) to = to << 8 | byte;
  return true;
}

bool Reader::read_labels(Labels& to) {
  if (!take('{')) return refuse("must be an object");
  to.clear();
  if (take('}')) return true;
  std::string before, name, text;
  do {
    if (!json::take_string(rest_, name) || !take(':')) return refuse("must be a name and a text");
    if (!to.empty() && !json::utf16_less(before, name)) return refuse("is not in its place", name);
    if (!read_text(text)) return within(name);
    before = name;
    to.emplace(std::exchange(name, {}), std::exchange(text, {}));
  } while (take(','));
  return take('}') || refuse("must be members with commas and an end");
}

MemberReader::MemberReader(Reader& reader) : reader_(reader), ok_(reader.take('{')) {
  if (!ok_) reader_.refuse("must be an object");
}

void MemberReader::always_text(std::string_view name, std::string_view text) {
  if (next(name) && !reader_.take_text(text)) refuse("must be \"" + std::string(text) + "\"", name);
}

bool MemberReader::refuse(std::string_view what, std::string_view name) {
  ok_ = false;
  return reader_.refuse(what, name);
}

// The name that stands where a member may begin; empty if none does.
std::string MemberReader::next_name() const {
  std::string_view rest = reader_.rest();
  if (!first_ && rest.starts_with(',')) rest.remove_prefix(1);
  std::string name;
  return json::take_string(rest, name) ? name : std::string();
}

bool MemberReader::missing(std::string_view name) {
  if (!ok_) return false;  // the first fault is the one to tell
  // A stranger before the place where `name` belongs is the likelier fault.
  std::string const other = next_name();
  if (!other.empty() && other < name) return refuse(kStranger, other);
  return refuse("must be there", name);
}

bool MemberReader::finish() {
  if (!ok_ || reader_.take('}')) return ok_;
  return refuse(kStranger, next_name());
}

}  // namespace tally::codec
