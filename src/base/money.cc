#include "base/money.h"

#include "base/decimal.h"

namespace tally {

namespace {

std::optional<std::int64_t> digits(std::string_view text) {
  if (text.empty() || text.size() > 10) return std::nullopt;
  std::int64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::optional<Micros> parse_usd(std::string_view text) {
  auto const dot = text.find('.');
  auto const whole = digits(text.substr(0, dot));
  if (!whole) return std::nullopt;
  std::int64_t fraction = 0;
  if (dot != std::string_view::npos) {
    std::string_view const decimals = text.substr(dot + 1);
    auto const parsed = decimals.size() > 6 ? std::nullopt : digits(decimals);
    if (!parsed) return std::nullopt;
    fraction = *parsed;
    for (std::size_t i = decimals.size(); i < 6; ++i) fraction *= 10;
  }
  Micros const amount(*whole * 1'000'000 + fraction);
  if (amount > kAmountMax) return std::nullopt;
  return amount;
}

std::optional<SaidCost> parse_cost(std::string_view text) {
  auto const dot = text.find('.');
  constexpr std::size_t kDecimals = 6;
  bool const exact = dot == std::string_view::npos || text.size() - dot - 1 <= kDecimals;
  auto const amount = parse_usd(exact ? text : text.substr(0, dot + 1 + kDecimals));
  if (!amount || text.size() > kCostCharactersMax) return std::nullopt;
  if (exact) return SaidCost{.amount = *amount, .rounded_up = false};
  std::string_view const below = text.substr(dot + 1 + kDecimals);
  if (below.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  if (below.find_first_not_of('0') == std::string_view::npos)
    return SaidCost{.amount = *amount, .rounded_up = false};
  if (*amount >= kAmountMax) return std::nullopt;
  return SaidCost{.amount = *amount + Micros(1), .rounded_up = true};
}

std::string format_usd(Micros amount) {
  std::uint64_t const magnitude = amount.value() < 0
                                      ? ~static_cast<std::uint64_t>(amount.value()) + 1
                                      : static_cast<std::uint64_t>(amount.value());
  std::string text(amount.value() < 0 ? "-" : "");
  append_decimal(text, magnitude / 1'000'000, 1);
  text.push_back('.');
  append_decimal(text, magnitude % 1'000'000, 6);
  for (int spare = 0; spare < 2 && text.back() == '0'; ++spare) text.pop_back();
  return text;
}

}  // namespace tally
