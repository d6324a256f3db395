#include "ledger/waits.h"

namespace tally::ledger {

void Waits::add(RunId run, Instant until, Done done) {
  ++tickets_;
  waiters_.emplace(std::pair(run, tickets_), Waiter{.until = until, .done = std::move(done)});
  ends_.emplace(until, run, tickets_);
}

std::vector<Waits::Done> Waits::take(RunId run) {
  std::vector<Done> taken;
  auto at = waiters_.lower_bound({run, 0});
  while (at != waiters_.end() && at->first.first == run) {
    ends_.erase({at->second.until, run, at->first.second});
    taken.push_back(std::move(at->second.done));
    at = waiters_.erase(at);
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
    waiters_.erase(at);
  }
  return taken;
}

std::vector<Waits::Ended> Waits::take_all() {
  std::vector<Ended> taken;
  for (auto& [key, waiter] : waiters_)
    taken.push_back({.run = key.first, .done = std::move(waiter.done)});
  waiters_.clear();
  ends_.clear();
  return taken;
}

std::optional<Instant> Waits::next() const {
  if (ends_.empty()) return std::nullopt;
  return std::get<Instant>(*ends_.begin());
}

}  // namespace tally::ledger
