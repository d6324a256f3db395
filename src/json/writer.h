#pragma once

// Appends JSON text to a string without building a document first: for events and for answers.
// The caller keeps the order of members and the balance of begin and end; commas are put here.
//
//   std::string out;
//   json::Writer writer(out);
//   writer.begin_object().member("run", "run_1").member("cost", 12).key("tags").begin_array();
//   writer.value("a").value("b").end_array().end_object();

#include <array>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "json/value.h"

namespace tally::json {

class Writer {
 public:
  // Appends to `out`, which outlives the writer.
  explicit Writer(std::string& out) : out_(out) {}

  Writer& begin_object() { return begin('{'); }
  Writer& end_object() { return end('}'); }
  Writer& begin_array() { return begin('['); }
  Writer& end_array() { return end(']'); }

  // A member's name; exactly one value, object or array must follow.
  Writer& key(std::string_view name) {
    comma();
    append_string(out_, name);
    out_.push_back(':');
    comma_due_ = false;
    return *this;
  }

  // UTF-8; escaped by the rules of append_string.
  Writer& value(std::string_view text) {
    comma();
    append_string(out_, text);
    return *this;
  }
  Writer& value(char const* text) { return value(std::string_view(text)); }
  // A template, so that pointers and numbers never turn into a bool by themselves.
  Writer& value(std::same_as<bool> auto flag) { return raw(flag ? "true" : "false"); }
  // All digits are written: beyond 2^53-1 other readers round, so such numbers belong in strings.
  template <std::integral Integer>
    requires(!std::same_as<Integer, bool> && !std::same_as<Integer, char>)
  Writer& value(Integer number) {
    std::array<char, 24> digits{};
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return raw({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  Writer& value(std::same_as<double> auto number) {
    comma();
    append_double(out_, number);
    return *this;
  }
  Writer& value(std::same_as<Value> auto const& document) { return raw(write(document)); }
  Writer& null() { return raw("null"); }
  // One complete JSON value, trusted to be one.
  Writer& raw(std::string_view json) {
    comma();
    out_.append(json);
    return *this;
  }

  template <class T>
  Writer& member(std::string_view name, T const& member_value) {
    return key(name).value(member_value);
  }

  // True when every begin has met its end.
  bool balanced() const { return depth_ == 0; }

 private:
  // The one flag suffices: after a begin or a name no comma is due, after anything else one is.
  void comma() {
    if (comma_due_) out_.push_back(',');
    comma_due_ = true;
  }
  Writer& begin(char bracket) {
    comma();
    out_.push_back(bracket);
    comma_due_ = false;
    ++depth_;
    return *this;
  }
  Writer& end(char bracket) {
    TALLY_CHECK(depth_ > 0, "JSON end without begin");
    out_.push_back(bracket);
    comma_due_ = true;
    --depth_;
    return *this;
  }

  std::string& out_;
  bool comma_due_ = false;
  std::size_t depth_ = 0;
};

}  // namespace tally::json
