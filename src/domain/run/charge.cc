#include "domain/run/charge.h"

#include <algorithm>

namespace tally::domain::run {

namespace {

// A worker may say anything: a cost below zero or beyond every amount is as good as none.
std::optional<Micros> believable(std::optional<Micros> cost) {
  if (!cost || *cost < Micros(0) || *cost > kAmountMax) return std::nullopt;
  return cost;
}

}  // namespace

std::optional<Micros> cost_of(Price const& price, Measured const& measured) {
  if (price.reported) return believable(measured.reported);
  constexpr std::int64_t kSecond = 1'000'000;
  std::int64_t const elapsed = std::max<std::int64_t>(measured.elapsed.value(), 0);
  std::int64_t whole = 0;
  std::int64_t part = 0;
  std::int64_t cost = 0;
  if (__builtin_mul_overflow(price.per_second.value(), elapsed / kSecond, &whole) ||
      __builtin_mul_overflow(price.per_second.value(), elapsed % kSecond, &part) ||
      __builtin_add_overflow(price.fixed.value(), whole, &cost) ||
      __builtin_add_overflow(cost, part / kSecond + (part % kSecond != 0 ? 1 : 0), &cost))
    return std::nullopt;
  return believable(Micros(cost));
}

bool outran(Price const& price, Micros hold, Measured const& measured) {
  if (price.reported) return false;
  auto const cost = cost_of(price, measured);
  return !cost || *cost > hold;
}

std::optional<Micros> reported_by(Price const& price, Measured const& measured) {
  if (!price.reported || !measured.reported) return Micros(0);
  return believable(measured.reported);
}

Micros fee_of(MinimumFee const& fee, Micros hold) {
  // Split so that hold x ppm cannot overflow: holds go up to 1e15 micros.
  constexpr std::int64_t kMillion = 1'000'000;
  std::int64_t const share =
      hold.value() / kMillion * fee.ppm + hold.value() % kMillion * fee.ppm / kMillion;
  Micros const wanted = std::max(fee.floor, Micros(share));
  return std::min({wanted, fee.cap, hold});
}

std::optional<Settlement> settle(Balances const& balances, Micros hold, Micros cost,
                                 OverrunRule rule) {
  using enum AccountKind;
  Charge charge;
  charge.cost = cost;
  charge.charged = std::min(cost, hold);
  charge.released = hold - charge.charged;
  charge.overrun = cost - charge.charged;
  PostingPlan plan(balances);
  plan.move(held, spent, charge.charged);
  charge.debt_paid = plan.credit(held, charge.released);
  if (rule != OverrunRule::ignore) {
    charge.owed = plan.overspend(charge.overrun);
    charge.paid = charge.overrun - charge.owed;
  }
  if (plan.of(overrun) > kDebtMax) return std::nullopt;
  return Settlement{charge, plan.take()};
}

}  // namespace tally::domain::run
