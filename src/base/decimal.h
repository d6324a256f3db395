#pragma once

// Decimal digits for times, amounts and counts, which stand in every event and every answer.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace tally {

// 00 to 99.
inline constexpr std::array<char, 200> kDigitPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i)
    pairs[i] = static_cast<char>('0' + (i % 2 == 0 ? i / 20 : i / 2 % 10));
  return pairs;
}();

// The digits of a number, made two at a time from the last one on. std::to_chars finds out first
// how many there will be, which takes it as long again.
class Decimal {
 public:
  explicit Decimal(std::uint64_t number) {
    for (; number >= 100; number /= 100) put(number % 100);
    if (number >= 10)
      put(number);
    else
      digits_[--begin_] = static_cast<char>('0' + number);
  }
  std::string_view text() const { return {&digits_[begin_], digits_.size() - begin_}; }

 private:
  void put(std::uint64_t pair) {
    digits_[--begin_] = kDigitPairs[2 * pair + 1];
    digits_[--begin_] = kDigitPairs[2 * pair];
  }

  std::array<char, 20> digits_;  // those of 2^64-1 have room
  std::size_t begin_ = digits_.size();
};

// Appends `number` with at least `width` digits, zeros in front.
inline void append_decimal(std::string& out, std::uint64_t number, std::size_t width) {
  Decimal const decimal(number);
  std::string_view const digits = decimal.text();
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out.append(digits);
}

}  // namespace tally
