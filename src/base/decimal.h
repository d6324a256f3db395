#pragma once

// Decimal digits for times and amounts of money, which stand in every answer.

#include <array>
#include <charconv>
#include <cstdint>
#include <string>

namespace tally {

// Appends `number` with at least `width` digits, zeros in front.
inline void append_decimal(std::string& out, std::uint64_t number, std::size_t width) {
  std::array<char, 20> digits{};
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  auto const length = static_cast<std::size_t>(end - digits.data());
  if (length < width) out.append(width - length, '0');
  out.append(digits.data(), length);
}

}  // namespace tally
