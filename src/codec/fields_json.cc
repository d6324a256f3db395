#include "codec/fields_json.h"

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "json/fault.h"

namespace tally::codec {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

bool has_high_bit(char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; }

// Byte order is the canonical order of names but for characters from U+E000 on (lead byte EE or
// more), which UTF-16 orders otherwise; the general writer sorts those.
bool needs_sorting(Labels const& labels) {
  return std::any_of(labels.begin(), labels.end(), [](auto const& label) {
    return std::any_of(label.first.begin(), label.first.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= 0xEE; });
  });
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

void write_text(std::string& out, std::string_view text) {
  std::size_t const start = out.size();
  json::append_string(out, text);
  if (std::none_of(text.begin(), text.end(), has_high_bit)) return;
  TALLY_CHECK(!json::find_fault(std::string_view(out).substr(start)),
              "a text that is not UTF-8 was to be recorded");
}

void write_integer(std::string& out, std::int64_t number) {
  TALLY_CHECK(number >= -json::kIntegerMax && number <= json::kIntegerMax,
              "an integer beyond 2^53-1 was to be recorded");
  std::array<char, 24> digits{};
  auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void write_hex(std::string& out, std::string_view prefix, ByteView bytes) {
  out.push_back('"');
  out += prefix;
  std::size_t at = out.size();
  out.resize(at + 2 * bytes.size());
  for (std::uint8_t byte : bytes) {
    out[at++] = kHexDigits[byte >> 4];
    out[at++] = kHexDigits[byte & 15];
  }
  out.push_back('"');
}

void write_id(std::string& out, std::string_view prefix, std::uint64_t value) {
  std::array<std::uint8_t, 8> big_endian{};
  for (std::size_t i = 0; i < 8; ++i)
    big_endian[i] = static_cast<std::uint8_t>(value >> (56 - 8 * i));
  write_hex(out, prefix, big_endian);
}

void write_labels(std::string& out, Labels const& labels) {
  if (needs_sorting(labels)) {
    json::Object members;
    for (auto const& [name, text] : labels) members.emplace_back(name, json::Value(text));
    std::size_t const start = out.size();
    out += json::canonical(json::Value(std::move(members)));
    TALLY_CHECK(!json::find_fault(std::string_view(out).substr(start)),
                "a label that is not UTF-8 was to be recorded");
    return;
  }
  out.push_back('{');
  for (auto const& [name, text] : labels) {
    if (out.back() != '{') out.push_back(',');
    write_text(out, name);
    out.push_back(':');
    write_text(out, text);
  }
  out.push_back('}');
}

void write_name(std::string& out, std::string_view name) {
  if (out.back() != '{') out.push_back(',');
  out.push_back('"');
  out += name;
  out += "\":";
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

bool Reader::read_text(json::Value const& from, std::string& to) {
  std::string const* text = from.string();
  if (text == nullptr) return refuse("must be a string");
  to = *text;
  return true;
}

bool Reader::read_integer(json::Value const& from, std::int64_t& to) {
  std::int64_t const* number = from.integer();
  if (number == nullptr) return refuse("must be an integer");
  to = *number;
  return true;
}

bool Reader::read_bool(json::Value const& from, bool& to) {
  bool const* flag = from.boolean();
  if (flag == nullptr) return refuse("must be true or false");
  to = *flag;
  return true;
}

bool Reader::read_hex(json::Value const& from, std::string_view prefix,
                      std::span<std::uint8_t> to) {
  std::string const* text = from.string();
  std::size_t const size = prefix.size() + 2 * to.size();
  if (text == nullptr || text->size() != size || !text->starts_with(prefix))
    return refuse("must be \"" + std::string(prefix) + "\" and " + std::to_string(2 * to.size()) +
                  " hex digits");
  for (std::size_t i = 0; i < to.size(); ++i) {
    int const high = hex_value((*text)[prefix.size() + 2 * i]);
    int const low = hex_value((*text)[prefix.size() + 2 * i + 1]);
    if (high < 0 || low < 0) return refuse("has a character that is no lower-case hex digit");
    to[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

bool Reader::read_id(json::Value const& from, std::string_view prefix, std::uint64_t& to) {
  std::array<std::uint8_t, 8> big_endian{};
  if (!read_hex(from, prefix, big_endian)) return false;
  for (std::uint8_t byte : big_endian) to = to << 8 | byte;
  return true;
}

bool Reader::read_labels(json::Value const& from, Labels& to) {
  json::Object const* members = from.object();
  if (members == nullptr) return refuse("must be an object");
  to.clear();
  for (auto const& [name, value] : *members)
    if (!read_text(value, to[name])) return within(name);
  return true;
}

MemberReader::MemberReader(Reader& reader, json::Value const& from)
    : reader_(reader), members_(from.object()), ok_(members_ != nullptr) {
  if (!ok_) reader_.refuse("must be an object");
}

json::Value const* MemberReader::take(std::string_view name) {
  if (!ok_ || next_ == members_->size() || (*members_)[next_].first != name) return nullptr;
  return &(*members_)[next_++].second;
}

bool MemberReader::missing(std::string_view name) {
  if (!ok_) return false;  // the first fault is the one to tell
  ok_ = false;
  // A stranger before the place where `name` belongs is the likelier fault.
  if (next_ != members_->size() && (*members_)[next_].first < name) return stranger();
  return reader_.refuse("must be there", name);
}

bool MemberReader::finish() {
  if (!ok_ || next_ == members_->size()) return ok_;
  return stranger();
}

bool MemberReader::stranger() {
  return reader_.refuse("is not known here, or not in its place", (*members_)[next_].first);
}

}  // namespace tally::codec
