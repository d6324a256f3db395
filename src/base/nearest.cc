#include "base/nearest.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace tally {

namespace {

constexpr std::size_t kNameBytesMax = 64;  // longer names are no slips, and cost square time
constexpr std::size_t kEditsMax = 2;
constexpr std::size_t kBeginningBytesMin = 3;

// One row of the usual table at a time, and the one before it.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  std::vector<std::size_t> above = row;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::vector<std::size_t> const two_above = std::exchange(above, row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      std::size_t const replaced = above[j] + (a[i] == b[j] ? 0 : 1);
      row[j + 1] = std::min({replaced, row[j] + 1, above[j + 1] + 1});
      bool const swapped = i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j];
      if (swapped) row[j + 1] = std::min(row[j + 1], two_above[j - 1] + 1);
    }
  }
  return row[b.size()];
}

// The only one that begins so.
std::optional<std::string> continued(std::string_view name, std::vector<std::string> const& known) {
  auto const begins_so = [&](std::string const& one) { return one.starts_with(name); };
  if (name.size() < kBeginningBytesMin || std::ranges::count_if(known, begins_so) != 1)
    return std::nullopt;
  return *std::ranges::find_if(known, begins_so);
}

}  // namespace

std::optional<std::string> nearest(std::string_view name, std::vector<std::string> const& known) {
  if (name.size() > kNameBytesMax) return std::nullopt;
  std::optional<std::string> best;
  std::size_t fewest = kEditsMax + 1;
  for (auto const& one : known) {
    std::size_t const count = edits(name, one);
    if (count < fewest && count * 2 < one.size()) {
      best = one;
      fewest = count;
    }
  }
  return best ? best : continued(name, known);
}

}  // namespace tally
