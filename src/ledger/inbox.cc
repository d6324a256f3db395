#include "ledger/inbox.h"

#include <algorithm>

namespace tally::ledger {

namespace {

constexpr std::size_t kTenantShare = 8;  // a tenant holds at most 1/8 of a lane

}  // namespace

Inbox::Put Inbox::put(Lane lane, Item& item) {
  return lanes_.with([&](Lanes& lanes) {
    if (lanes.closed) return Put::stopping;
    auto const index = static_cast<std::size_t>(lane);
    auto& queue = lanes.items[index];
    if (queue.size() >= lane_max_) return Put::full;
    if (!item.tenant.value().empty()) {
      std::size_t& share = lanes.shares[index][item.tenant];
      if (share >= std::max<std::size_t>(lane_max_ / kTenantShare, 1)) return Put::full;
      ++share;
    }
    queue.push_back(std::move(item));
    return Put::taken;
  });
}

void Inbox::give_back(Lanes& lanes, std::size_t lane, TenantId const& tenant) {
  if (tenant.value().empty()) return;
  auto at = lanes.shares[lane].find(tenant);
  if (--at->second == 0) lanes.shares[lane].erase(at);
}

std::optional<Inbox::Item> Inbox::take() {
  return lanes_.with([](Lanes& lanes) -> std::optional<Item> {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      auto& queue = lanes.items[lane];
      if (queue.empty()) continue;
      Item item = std::move(queue.front());
      queue.pop_front();
      give_back(lanes, lane, item.tenant);
      return item;
    }
    return std::nullopt;
  });
}

bool Inbox::empty() const {
  return lanes_.with([](Lanes const& lanes) {
    return std::ranges::all_of(lanes.items, [](auto const& queue) { return queue.empty(); });
  });
}

std::vector<Inbox::Item> Inbox::close() {
  return lanes_.with([](Lanes& lanes) {
    lanes.closed = true;
    std::vector<Item> left;
    for (auto& queue : lanes.items) {
      std::ranges::move(queue, std::back_inserter(left));
      queue.clear();
    }
    for (auto& shares : lanes.shares) shares.clear();
    return left;
  });
}

std::array<std::uint64_t, kLanes> Inbox::depths() const {
  return lanes_.with([](Lanes const& lanes) {
    std::array<std::uint64_t, kLanes> depths{};
    for (std::size_t lane = 0; lane < kLanes; ++lane) depths[lane] = lanes.items[lane].size();
    return depths;
  });
}

}  // namespace tally::ledger
