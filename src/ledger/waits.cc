#include "ledger/waits.h"

#include <algorithm>

namespace tally::ledger {

bool Waits::add(TenantId const& tenant, RunId run, Instant until, std::size_t most, Done& done) {
  std::size_t& share = shares_[tenant];
  bool const full =
      waiters_.size() >= most || share >= std::max<std::size_t>(most / kTenantShare, 1);
  if (full) {
    if (share == 0) shares_.erase(tenant);
    return false;
  }
  ++share;
  ++tickets_;
  waiters_.emplace(std::pair(run, tickets_),
                   Waiter{.tenant = tenant, .until = until, .done = std::move(done)});
  ends_.emplace(until, run, tickets_);
  return true;
}

Waits::Waiters::iterator Waits::erase(Waiters::iterator at) {
  auto const share = shares_.find(at->second.tenant);
  if (--share->second == 0) shares_.erase(share);
  return waiters_.erase(at);
}

std::vector<Waits::Done> Waits::take(RunId run) {
  std::vector<Done> taken;
  auto at = waiters_.lower_bound({run, 0});
  while (at != waiters_.end() && at->first.first == run) {
    ends_.erase({at->second.until, run, at->first.second});
    taken.push_back(std::move(at->second.done));
    at = erase(at);
  }
  return taken;
}

std::vector<Waits::Ended> Waits::take_over(Instant now) {
  std::vector<Ended> taken;
  while (!ends_.empty() && std::get<Instant>(*ends_.begin()) <= now) {
    auto const [until, run, ticket] = *ends_.begin();
    ends_.erase(ends_.begin());
    auto const at = waiters_.find({run, ticket});
    taken.push_back({.run = run, .done = std::move(at->second.done)});
    erase(at);
  }
  return taken;
}

std::vector<Waits::Ended> Waits::take_all() {
  std::vector<Ended> taken;
  for (auto& [key, waiter] : waiters_)
    taken.push_back({.run = key.first, .done = std::move(waiter.done)});
  waiters_.clear();
  shares_.clear();
  ends_.clear();
  return taken;
}

std::optional<Instant> Waits::next() const {
  if (ends_.empty()) return std::nullopt;
  return std::get<Instant>(*ends_.begin());
}

}  // namespace tally::ledger
