#include "ledger/loop_inside.h"

namespace tally::ledger {

// The row as it is now, answered when what it shows is durable.
void Loop::Inside::read(RunId run, std::function<void(RunReading)> done) {
  domain::run::Row const* row = state.runs.find(run);
  RunReading reading{.fate = Fate::decided,
                     .row = row == nullptr ? std::nullopt : std::optional(*row)};
  open.replies.push_back([done = std::move(done), reading = std::move(reading)](Fate fate) mutable {
    reading.fate = fate;
    if (fate != Fate::decided) reading.row.reset();
    done(std::move(reading));
  });
}

void Loop::Inside::read_tenant(TenantId const& tenant, std::function<void(BudgetReading)> done) {
  BudgetReading reading;
  if (auto const* row = state.tenants.find(tenant)) reading.tenant = *row;
  open.replies.push_back([done = std::move(done), reading = std::move(reading)](Fate fate) mutable {
    reading.fate = fate;
    if (fate != Fate::decided) reading.tenant.reset();
    done(std::move(reading));
  });
}

void Loop::Inside::wait_for(TenantId const& tenant, RunId run, Duration wait,
                            std::function<void(RunReading)> done) {
  domain::run::Row const* row = state.runs.find(run);
  if (row == nullptr || row->tenant != tenant) {
    open.replies.push_back(
        [done = std::move(done)](Fate fate) { done({.fate = fate, .row = {}}); });
    return;
  }
  bool const ended = domain::run::is_final(row->phase);
  if (ended || wait.value() <= 0 || waits.size() >= options.waiters_max)
    read(run, std::move(done));
  else
    waits.add(run, clock.now() + wait, std::move(done));
}

Heartbeat Loop::Inside::heard(domain::run::Handle const& handle) {
  RunId const* run = state.leases.find(handle.lease);
  if (run == nullptr) return Heartbeat::lost;
  domain::run::Row const& row = state.runs.at(*run);
  bool const live =
      row.phase == domain::run::Phase::leased || row.phase == domain::run::Phase::running;
  bool const own = !handle.tenant || *handle.tenant == row.tenant;
  if (!live || !own || row.fence != handle.fence) return Heartbeat::lost;
  liveness.renew(*run, clock.now(), state.settings.lease);
  return row.cancel_requested ? Heartbeat::cancel : Heartbeat::go_on;
}

}  // namespace tally::ledger
