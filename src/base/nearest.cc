#include "base/nearest.h"

#include <algorithm>
#include <numeric>

namespace tally {

namespace {

constexpr std::size_t kNameBytesMax = 64;  // longer names are no slips, and cost square time
constexpr std::size_t kEditsMax = 2;

// One row of the usual table at a time.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      std::size_t const replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row[b.size()];
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
  return best;
}

}  // namespace tally
