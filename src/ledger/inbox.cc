#include "ledger/inbox.h"

#include <algorithm>

namespace tally::ledger {

Inbox::Put Inbox::put(Lane lane, Item& item) {
  return lanes_.with([&](Lanes& all) {
    if (all.closed) return Put::stopping;
    auto& items = all.lanes[static_cast<std::size_t>(lane)].items;
    if (items.size() >= lane_max_) return Put::full;
    std::string const owner = item.tenant.value();
    std::size_t const share = std::max<std::size_t>(lane_max_ / kTenantShare, 1);
    if (!owner.empty() && items.size_of(owner) >= share) return Put::full;
    items.put(owner, std::move(item));
    return Put::taken;
  });
}

// The lane whose turn it is: the first that has something, unless one behind it was passed over too
// often. kLanes: all are empty.
std::size_t Inbox::next(Lanes& all) {
  auto const waits = [](Line const& line) { return !line.items.empty(); };
  auto const first = std::ranges::find_if(all.lanes, waits);
  if (first == all.lanes.end()) return kLanes;
  auto turn = first;
  for (auto line = std::next(first); line != all.lanes.end(); ++line) {
    if (!waits(*line)) continue;
    bool const long_enough = ++line->passed_over >= kPassedOverMax;
    if (long_enough && turn == first) turn = line;
  }
  turn->passed_over = 0;
  return static_cast<std::size_t>(turn - all.lanes.begin());
}

std::optional<Inbox::Item> Inbox::take() {
  return lanes_.with([](Lanes& all) -> std::optional<Item> {
    std::size_t const lane = next(all);
    if (lane == kLanes) return std::nullopt;
    return all.lanes[lane].items.take();
  });
}

bool Inbox::empty() const {
  return lanes_.with([](Lanes const& all) {
    return std::ranges::all_of(all.lanes, [](Line const& line) { return line.items.empty(); });
  });
}

std::vector<Inbox::Item> Inbox::close() {
  return lanes_.with([](Lanes& all) {
    all.closed = true;
    std::vector<Item> left;
    for (auto& line : all.lanes) {
      while (auto item = line.items.take()) left.push_back(std::move(*item));
    }
    return left;
  });
}

std::array<std::uint64_t, kLanes> Inbox::depths() const {
  return lanes_.with([](Lanes const& all) {
    std::array<std::uint64_t, kLanes> depths{};
    for (std::size_t lane = 0; lane < kLanes; ++lane) depths[lane] = all.lanes[lane].items.size();
    return depths;
  });
}

}  // namespace tally::ledger
