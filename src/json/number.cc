// Numbers as ECMAScript prints them (ECMA-262 section 6.1.6.1.20, which RFC 8785 section 3.2.2.3
// refers to). The standard library finds the shortest digits; only their layout is ours, because
// std::to_chars would write 1e+05 for 100000.

#include <array>
#include <charconv>
#include <cmath>

#include "base/check.h"
#include "json/value.h"

namespace tally::json {

namespace {

// The number is 0.d1d2d3... times ten to the power of `point`.
struct Decimal {
  std::array<char, 17> digits{};  // 17 digits tell any two doubles apart
  std::size_t count = 0;
  int point = 0;
  std::string_view text() const { return {digits.data(), count}; }
};

// `number` is finite and above zero. The library writes "d.ddde-XX" or "de+XX".
Decimal shortest(double number) {
  std::array<char, 32> buffer{};
  auto const [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                          std::chars_format::scientific);
  TALLY_CHECK(error == std::errc(), "a double needs more than 32 characters");
  Decimal decimal;
  char const* at = buffer.data();
  for (; *at != 'e'; ++at)
    if (*at != '.') decimal.digits[decimal.count++] = *at;
  int exponent = 0;
  std::from_chars(at[1] == '+' ? at + 2 : at + 1, end, exponent);
  decimal.point = exponent + 1;
  return decimal;
}

void append_exponent(std::string& out, int exponent) {
  out.push_back('e');
  if (exponent > 0) out.push_back('+');
  out += std::to_string(exponent);
}

}  // namespace

void append_double(std::string& out, double number) {
  TALLY_CHECK(std::isfinite(number), "infinities and NaN have no JSON form");
  if (number == 0) {
    out.push_back('0');  // minus zero too
    return;
  }
  if (number < 0) out.push_back('-');
  Decimal const decimal = shortest(std::abs(number));
  std::string_view const digits = decimal.text();
  int const count = static_cast<int>(decimal.count);
  int const point = decimal.point;
  if (point >= count && point <= 21) {  // 1200
    out.append(digits).append(static_cast<std::size_t>(point - count), '0');
  } else if (point > 0 && point <= 21) {  // 1.2
    auto const split = static_cast<std::size_t>(point);
    out.append(digits.substr(0, split)).append(".").append(digits.substr(split));
  } else if (point > -6 && point <= 0) {  // 0.0012
    out.append("0.").append(static_cast<std::size_t>(-point), '0').append(digits);
  } else {  // 1.2e-7
    out.append(digits.substr(0, 1));
    if (count > 1) out.append(".").append(digits.substr(1));
    append_exponent(out, point - 1);
  }
}

}  // namespace tally::json
