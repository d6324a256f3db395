#include "ledger/liveness.h"

namespace tally::ledger {

void Liveness::renew(RunId run, Instant at, Duration period) {
  orphans_.erase(run);
  postpone(run, at + period);
}

void Liveness::end_with_process(RunId run, Instant at) {
  orphans_.insert(run);
  postpone(run, at);
}

void Liveness::postpone(RunId run, Instant at) {
  if (auto const found = until_.find(run); found != until_.end())
    order_.erase({found->second, run});
  until_[run] = at;
  order_.emplace(at, run);
}

void Liveness::drop(RunId run) {
  orphans_.erase(run);
  auto at = until_.find(run);
  if (at == until_.end()) return;
  order_.erase({at->second, run});
  until_.erase(at);
}

void Liveness::renew_all(Instant at, std::function<Duration(RunId)> const& period_of) {
  order_.clear();
  for (auto& [run, until] : until_) {
    until = at + period_of(run);
    order_.emplace(until, run);
  }
}

bool Liveness::expired(RunId run, Instant at) const {
  auto found = until_.find(run);
  return found == until_.end() || found->second <= at;
}

std::optional<std::pair<Instant, RunId>> Liveness::next() const {
  if (order_.empty()) return std::nullopt;
  return *order_.begin();
}

}  // namespace tally::ledger
