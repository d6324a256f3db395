#pragma once

// Money: integer micro-units (1 USD = 1,000,000) with checked arithmetic. There is one unit
// today; every account and amount that lasts names it all the same.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/strong.h"

namespace tally {

struct Micros : Strong<Micros, std::int64_t> {
  using Strong::Strong;
  friend constexpr Micros operator+(Micros a, Micros b) {
    std::int64_t sum = 0;
    TALLY_CHECK(!__builtin_add_overflow(a.value(), b.value(), &sum), "money overflow");
    return Micros(sum);
  }
  friend constexpr Micros operator-(Micros a, Micros b) {
    std::int64_t difference = 0;
    TALLY_CHECK(!__builtin_sub_overflow(a.value(), b.value(), &difference), "money overflow");
    return Micros(difference);
  }
  constexpr Micros operator-() const { return Micros(0) - *this; }
};

// The largest amount that a request may name: 1 billion USD.
inline constexpr Micros kAmountMax{1'000'000'000'000'000};

// "12.3456": no sign, no exponent, at most 6 decimals, at most kAmountMax.
std::optional<Micros> parse_usd(std::string_view text);

// What work says that it cost: any number of decimals, as many as kCostCharactersMax allows, what
// is below a micro rounded up, since what was spent may not get lost.
struct SaidCost {
  Micros amount;
  bool rounded_up = false;
  bool operator==(SaidCost const&) const = default;
};
inline constexpr std::size_t kCostCharactersMax = 64;
std::optional<SaidCost> parse_cost(std::string_view text);

// At least 4 and at most 6 decimals: "0.0500", "0.123456", "-1.0000".
std::string format_usd(Micros amount);

}  // namespace tally
