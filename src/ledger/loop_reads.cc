#include "domain/answers.h"
#include "ledger/loop_state.h"

namespace tally::ledger {

// The row as it is now, answered when what it shows is durable.
void Loop::State::read(RunId run, std::function<void(RunReading)> done) {
  domain::run::Row const* row = state.runs.find(run);
  RunReading reading{.fate = PostStatus::decided,
                     .row = row == nullptr ? std::nullopt : std::optional(*row)};
  open.replies.push_back(
      [done = std::move(done), reading = std::move(reading)](PostStatus fate) mutable {
        reading.fate = fate;
        if (fate != PostStatus::decided) reading.row.reset();
        done(std::move(reading));
      });
}

void Loop::State::read_answer(Digest const& key, std::function<void(AnswerReading)> done) {
  auto const* answered = state.answered.find(key);
  std::optional<domain::Reply> reply;
  if (answered != nullptr)
    reply = domain::earlier_answer(state, {.fingerprint = answered->fingerprint, .key = key},
                                   clock.now());
  auto const* replayed = reply ? std::get_if<domain::Replayed>(&*reply) : nullptr;
  std::optional<std::int64_t> seq;
  if (replayed != nullptr) seq = replayed->seq;
  open.replies.push_back([done = std::move(done), seq](PostStatus fate) {
    done({.fate = fate, .seq = fate == PostStatus::decided ? seq : std::nullopt});
  });
}

void Loop::State::read_tenant(TenantId const& tenant, std::function<void(BudgetReading)> done) {
  BudgetReading reading;
  if (auto const* row = state.tenants.find(tenant)) reading.tenant = *row;
  open.replies.push_back(
      [done = std::move(done), reading = std::move(reading)](PostStatus fate) mutable {
        reading.fate = fate;
        if (fate != PostStatus::decided) reading.tenant.reset();
        done(std::move(reading));
      });
}

void Loop::State::wait_for(TenantId const& tenant, RunId run, Duration wait,
                           std::function<void(RunReading)> done) {
  domain::run::Row const* row = state.runs.find(run);
  if (row == nullptr || row->tenant != tenant) {
    open.replies.push_back(
        [done = std::move(done)](PostStatus fate) { done({.fate = fate, .row = {}}); });
    return;
  }
  bool const ended = domain::run::is_final(row->phase);
  bool const waiting = !ended && wait.value() > 0 &&
                       waits.add(tenant, run, clock.now() + wait, options.waiters_max, done);
  if (!waiting) read(run, std::move(done));
}

Heartbeat Loop::State::heard(domain::run::Handle const& handle) {
  RunId const* run = state.leases.find(handle.lease);
  if (run == nullptr) return {};
  domain::run::Row const& row = state.runs.at(*run);
  bool const live =
      row.phase == domain::run::Phase::leased || row.phase == domain::run::Phase::running;
  bool const own = !handle.tenant || *handle.tenant == row.tenant;
  bool const held = row.lease == handle.lease && row.fence == handle.fence;
  if (!live || !own || !held) return {};
  Instant const now = clock.now();
  Instant const work_at = state.ledger.work_clock.at(now);
  liveness_of(*run).renew(*run, now, lease_of(*run, now));
  auto const reason = domain::run::stop_reason(row, work_at);
  return {.action = reason ? Heartbeat::Action::stop : Heartbeat::Action::go_on,
          .reason = reason,
          .remaining = domain::run::time_left(row, work_at)};
}

std::vector<QueuedRuns> Loop::State::queued_runs() const {
  std::vector<QueuedRuns> rows;
  for (auto const& [job, tenants] : state.queue.waiting) {
    for (auto const& [tenant, waiting] : tenants) {
      if (rows.size() >= kQueueRowsMax) return rows;
      auto const runs = waiting.ready.size() + waiting.resting.size();
      rows.push_back({.job = job, .tenant = tenant, .runs = static_cast<std::int64_t>(runs)});
    }
  }
  return rows;
}

std::vector<TenantFigures> Loop::State::tenant_figures() const {
  auto const names = shared.with([](Volatile const& v) { return v.directory; });
  std::vector<TenantFigures> rows;
  for (auto const& [name, plan] : names->tenants) {
    if (rows.size() >= kTenantRowsMax) break;
    if (auto const* row = state.tenants.find(name))
      rows.push_back({.tenant = name, .balances = row->balances, .runs_live = row->runs_live});
  }
  return rows;
}

}  // namespace tally::ledger
