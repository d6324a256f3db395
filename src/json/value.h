#pragma once

// JSON documents (I-JSON, RFC 7493) and their canonical bytes (RFC 8785).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace tally::json {

class Value;
using Array = std::vector<Value>;
using Member = std::pair<std::string, Value>;
// Members in document order; names are unique.
using Object = std::vector<Member>;

class Value {
 public:
  Value() = default;  // null
  Value(std::nullptr_t) {}
  Value(bool b) : rep_(b) {}
  Value(std::int64_t n) : rep_(n) {}
  Value(int n) : rep_(std::int64_t{n}) {}
  Value(std::uint32_t n) : rep_(std::int64_t{n}) {}
  Value(double d) : rep_(d) {}
  Value(std::string s) : rep_(std::move(s)) {}
  Value(std::string_view s) : rep_(std::string(s)) {}
  Value(char const* s) : rep_(std::string(s)) {}
  Value(Array a) : rep_(std::move(a)) {}
  Value(Object o) : rep_(std::move(o)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(rep_); }
  bool const* boolean() const { return std::get_if<bool>(&rep_); }
  // Integers within +-(2^53-1) only; a literal such as 1.0 or 1e2 is a double, even if whole, and
  // within the same bound if its canonical form would be an integer's.
  std::int64_t const* integer() const { return std::get_if<std::int64_t>(&rep_); }
  double const* real() const { return std::get_if<double>(&rep_); }
  std::string const* string() const { return std::get_if<std::string>(&rep_); }
  Array const* array() const { return std::get_if<Array>(&rep_); }
  Object const* object() const { return std::get_if<Object>(&rep_); }

  // The member of an object, or null pointer (also when this is no object).
  Value const* find(std::string_view name) const;
  Value* find(std::string_view name);
  bool operator==(Value const&) const = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> rep_;
};

inline constexpr std::size_t kDepthMax = 64;
inline constexpr std::int64_t kIntegerMax = (std::int64_t{1} << 53) - 1;
// From here on a real is written with an exponent, and is no integer's literal.
inline constexpr double kExponentFrom = 1e21;
// Whether canonical() writes this real as an integer that parse() refuses.
constexpr bool is_whole_beyond(double real) {
  double const size = real < 0 ? -real : real;
  return size > static_cast<double>(kIntegerMax) && size < kExponentFrom;
}

// Strict: the whole text is one document; duplicate names, lone surrogates, integers beyond
// 2^53-1, NaN, depth over kDepthMax are refused. So is a real that canonical() would write as such
// an integer, for example 1e16: whatever is accepted can be read back from its canonical form.
// Error "malformed" says what and at which byte or pointer.
Result<Value> parse(std::string_view text);

// RFC 8785: members by UTF-16 code units, shortest numbers, no white space.
std::string canonical(Value const& value);

// Members in the order they have; otherwise as canonical. For answers that people read.
std::string write(Value const& value);

// Appends the JSON string literal of `text` (quotes included) by the rules of RFC 8785 3.2.2.2.
void append_string(std::string& out, std::string_view text);
// Appends a double by the rules of ECMAScript's Number::toString; infinities and NaN are not JSON
// and stop the process.
void append_double(std::string& out, double number);

// RFC 6901: "/a/b~1c" from its parts, for error messages.
std::string pointer_join(std::string_view parent, std::string_view name);

}  // namespace tally::json
