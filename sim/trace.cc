#include "sim/trace.h"

#include <fmt/format.h>

#include <algorithm>

namespace tally::sim {

void Trace::add(Duration at, std::string const& what) {
  lines_.push_back(fmt::format("{} us: {}", at.value(), what));
}

std::optional<std::string> first_difference(Trace const& first, Trace const& second) {
  auto const [a, b] = std::ranges::mismatch(first.lines(), second.lines());
  if (a == first.lines().end() && b == second.lines().end()) return std::nullopt;
  auto const line = [](auto at, Trace const& trace) {
    return at == trace.lines().end() ? std::string("(its end)") : *at;
  };
  return fmt::format("line {} is, the first time:\n      {}\n    and the second time:\n      {}",
                     a - first.lines().begin() + 1, line(a, first), line(b, second));
}

}  // namespace tally::sim
