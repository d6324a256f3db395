#include "json/fault.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "json/value.h"

namespace tally::json {

namespace {

bool is_digit(int c) { return c >= '0' && c <= '9'; }

int hex_value(int c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// A recursive-descent reader that builds nothing. Each member returns false after `fault_` is set.
class Reader {
 public:
  enum class Numbers { in_range, any };
  Reader(std::string_view text, Numbers numbers) : text_(text), numbers_(numbers) {}

  std::optional<Fault> run() {
    if (!document()) return fault_;
    return std::nullopt;
  }

 private:
  static constexpr int kEnd = -1;

  int peek() const { return at_ < text_.size() ? static_cast<unsigned char>(text_[at_]) : kEnd; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  bool bad_at(std::size_t at, std::string_view what) {
    fault_ = Fault{at, std::string(what)};
    return false;
  }
  bool bad(std::string_view what) { return bad_at(at_, what); }
  void skip_space() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
  }

  bool document() {
    skip_space();
    if (peek() == kEnd) return bad("the document is empty");
    if (!value(0)) return false;
    skip_space();
    return peek() == kEnd || bad("something follows the end of the document");
  }

  bool value(std::size_t depth) {
    switch (peek()) {
      case '{':
        return object(depth + 1);
      case '[':
        return array(depth + 1);
      case '"':
        return string();
      case 't':
        return literal("true");
      case 'f':
        return literal("false");
      case 'n':
        return literal("null");
      default:
        return number();
    }
  }

  bool literal(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return bad("a value must stand here");
    at_ += word.size();
    return true;
  }

  bool object(std::size_t depth) {
    if (depth > kDepthMax) return bad("nesting is deeper than 64");
    ++at_;
    skip_space();
    if (take('}')) return true;
    while (true) {
      if (peek() != '"') return bad("a member name in quotes must stand here");
      if (!string()) return false;
      skip_space();
      if (!take(':')) return bad("a ':' must follow the member name");
      skip_space();
      if (!value(depth)) return false;
      skip_space();
      if (take('}')) return true;
      if (!take(',')) return bad("a ',' or '}' must stand here");
      skip_space();
    }
  }

  bool array(std::size_t depth) {
    if (depth > kDepthMax) return bad("nesting is deeper than 64");
    ++at_;
    skip_space();
    if (take(']')) return true;
    while (true) {
      if (!value(depth)) return false;
      skip_space();
      if (take(']')) return true;
      if (!take(',')) return bad("a ',' or ']' must stand here");
      skip_space();
    }
  }

  bool string() {
    ++at_;
    while (true) {
      int const c = peek();
      if (c == kEnd) return bad("the string has no closing quote");
      if (c < 0x20) return bad("a control character must be escaped");
      if (take('"')) return true;
      if (c == '\\' ? !escape() : c < 0x80 ? (++at_, false) : !utf8()) return false;
    }
  }

  bool escape() {
    std::size_t const start = at_++;
    if (take('u')) return unicode_escape(start);
    int const c = peek();
    if (c == kEnd ||
        std::string_view("\"\\/bfnrt").find(static_cast<char>(c)) == std::string_view::npos)
      return bad_at(start, "this escape does not exist");
    ++at_;
    return true;
  }

  bool unicode_escape(std::size_t start) {
    int const first = four_hex();
    if (first < 0) return bad_at(start, "\\u needs four hexadecimal digits");
    if (first < 0xD800 || first > 0xDFFF) return true;
    bool const pair = first < 0xDC00 && take('\\') && take('u');
    int const second = pair ? four_hex() : -1;
    return (second >= 0xDC00 && second <= 0xDFFF) || bad_at(start, "this surrogate has no partner");
  }

  int four_hex() {
    int number = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      int const digit = hex_value(peek());
      if (digit < 0) return -1;
      number = number * 16 + digit;
    }
    return number;
  }

  // One multi-byte character, by the table of well-formed sequences in RFC 3629 section 4.
  bool utf8() {
    int const lead = peek();
    std::size_t const more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    int low = 0x80;
    int high = 0xBF;
    if (lead < 0xC2 || lead > 0xF4) return bad("this is not UTF-8");
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
    for (std::size_t i = 1; i <= more; ++i, low = 0x80, high = 0xBF) {
      int const c = at_ + i < text_.size() ? static_cast<unsigned char>(text_[at_ + i]) : kEnd;
      if (c < low || c > high) return bad("this is not UTF-8");
    }
    at_ += more + 1;
    return true;
  }

  bool digits() {
    if (!is_digit(peek())) return false;
    while (is_digit(peek())) ++at_;
    return true;
  }

  bool number() {
    std::size_t const start = at_;
    bool const negative = take('-');
    if (!is_digit(peek()))
      return bad_at(start, negative ? "a digit must follow '-'" : "a value must stand here");
    if (take('0')) {
      if (is_digit(peek())) return bad_at(start, "a number must not start with 0");
    } else {
      digits();
    }
    bool whole = true;
    if (take('.')) {
      whole = false;
      if (!digits()) return bad("a digit must follow '.'");
    }
    if (take('e') || take('E')) {
      whole = false;
      if (!take('+')) take('-');
      if (!digits()) return bad("the exponent has no digits");
    }
    return numbers_ == Numbers::any || in_range(start, whole);
  }

  bool in_range(std::size_t start, bool whole) {
    char const* const first = text_.data() + start;
    char const* const last = text_.data() + at_;
    if (whole) {
      std::int64_t integer = 0;
      auto const [end, error] = std::from_chars(first, last, integer);
      bool const fits = error == std::errc() && integer >= -kIntegerMax && integer <= kIntegerMax;
      return fits || bad_at(start, "an integer beyond 2^53-1 must be sent as a string");
    }
    double real = 0;
    auto const [end, error] = std::from_chars(first, last, real);
    if (is_whole_beyond(real))
      return bad_at(start, "an integer beyond 2^53-1 must be sent as a string");
    // The library reports underflow, which is harmless, and overflow alike.
    return error == std::errc() || !above_one(text_.substr(start, at_ - start)) ||
           bad_at(start, "the number is too large for a double");
  }

  // Whether the exponent puts the first digit that counts left of the decimal point.
  static bool above_one(std::string_view number) {
    auto const mark = std::min(number.find_first_of("eE"), number.size());
    std::string_view const mantissa = number.substr(0, mark);
    auto const point = std::min(mantissa.find('.'), mantissa.size());
    auto const first = std::min(mantissa.find_first_of("123456789"), mantissa.size());
    std::string_view exponent = number.substr(std::min(mark + 1, number.size()));
    if (exponent.starts_with('+')) exponent.remove_prefix(1);
    std::int64_t power = 0;
    auto const [end, error] =
        std::from_chars(exponent.data(), exponent.data() + exponent.size(), power);
    if (error == std::errc::result_out_of_range) return !exponent.starts_with('-');
    return static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) > -power;
  }

  std::string_view text_;
  Numbers numbers_;
  std::size_t at_ = 0;
  Fault fault_;
};

}  // namespace

std::optional<Fault> find_fault(std::string_view text) {
  return Reader(text, Reader::Numbers::in_range).run();
}

std::optional<Fault> find_syntax_fault(std::string_view text) {
  return Reader(text, Reader::Numbers::any).run();
}

}  // namespace tally::json
