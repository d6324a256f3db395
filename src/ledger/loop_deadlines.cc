#include <algorithm>

#include "domain/run/decide.h"
#include "ledger/loop_inside.h"

namespace tally::ledger {

namespace {

constexpr std::size_t kDueAtOnce = 256;   // deadlines decided in one step
constexpr Duration kNotNow = seconds(1);  // before a deadline that led to nothing is asked again
constexpr Duration kReconcileReminder = seconds(60);  // an order to reconcile that nobody answered
constexpr Duration kArchiveEvery = seconds(10);
constexpr std::size_t kArchiveAtOnce = 1000;  // runs or keys that leave memory in one event
constexpr Duration kTick = microseconds(1);

// Cut so that one event forgets a bounded number of rows, and at least those of one instant.
template <class Set>
Instant cut(Set const& set, Instant before) {
  if (set.size() <= kArchiveAtOnce) return before;
  auto const past = std::next(set.begin(), static_cast<std::ptrdiff_t>(kArchiveAtOnce));
  return std::min(before, std::max(past->first, set.begin()->first + kTick));
}

}  // namespace

void Loop::Inside::decide_due(Instant now) {
  std::size_t n = 0;
  while (n < kDueAtOnce && !full() && decide_next_due(now)) ++n;
  if (n > 0) ++counts.reaper_scans;
}

// Approvals, limits, leases, queue, each in order of time. A run that a mode of its own scopes
// holds back gives way to those behind it. False: nothing more is due.
bool Loop::Inside::decide_next_due(Instant now) {
  auto const& approvals = state.deadlines.approvals;
  if (!approvals.empty() && approvals.begin()->first <= now && now >= due_not_before) {
    std::size_t const before = open.entries.size();
    decide_own(domain::approval::Commands(domain::approval::Expire{approvals.begin()->second}),
               fresh_correlation());
    if (open.entries.size() == before) due_not_before = now + kNotNow;
    return true;
  }
  if (state.ledger.work_clock.standing_since) return false;
  Instant const late = now - domain::run::kLimitGrace;
  if (auto const run = next_of(state.deadlines.limits, limit_round, late, now)) {
    decide_due_run({.kind = domain::run::DueKind::limit, .run = *run});
    return true;
  }
  if (auto const lease = liveness.next(); lease && lease->first <= now) {
    if (!decide_due_run({.kind = domain::run::DueKind::lease, .run = lease->second}))
      liveness.renew(lease->second, now, kNotNow);
    return true;
  }
  auto const run = next_of(state.deadlines.queue, queue_round, now, now);
  if (run) decide_due_run({.kind = domain::run::DueKind::queue, .run = *run});
  return run.has_value();
}

// False: it led to nothing.
bool Loop::Inside::decide_due_run(domain::run::Due due) {
  std::size_t const before = open.entries.size();
  decide_own(domain::run::Commands(due), correlation_of(due.run));
  return open.entries.size() > before;
}

std::optional<RunId> Loop::Inside::next_of(RunsByTime const& deadlines, Round& round,
                                           Instant due_before, Instant now) {
  if (!round.at && now < round.not_before) return std::nullopt;
  auto const at = round.at ? deadlines.upper_bound(*round.at) : deadlines.begin();
  if (at != deadlines.end() && at->first <= state.ledger.work_clock.at(due_before)) {
    round.at = *at;
    return at->second;
  }
  round.at.reset();
  if (at != deadlines.begin()) round.not_before = now + kNotNow;
  return std::nullopt;
}

// Whoever waits for work hears of runs that have rested; each run is announced once a rest.
void Loop::Inside::announce_rested(Instant now) {
  auto const& rests = state.deadlines.rests;
  Instant const work_at = state.ledger.work_clock.at(now);
  auto at = rests.upper_bound(rests_announced);
  for (; at != rests.end() && at->first <= work_at; ++at) {
    open.orders.emplace_back(WorkWaits{state.runs.at(at->second).job});
    rests_announced = *at;
  }
}

void Loop::Inside::find_running_to_stop() {
  if (state.modes.size() == 0) return;
  std::vector<RunId> found;  // in an order that is the same everywhere
  state.runs.each([&](RunId id, domain::run::Row const& row) {
    bool const goes_on =
        row.phase == domain::run::Phase::running || row.phase == domain::run::Phase::reconciling;
    if (goes_on && !row.stop_requested &&
        domain::run::mode_in_force(state, id, row) >= domain::mode::Mode::stop)
      found.push_back(id);
  });
  std::ranges::sort(found);
  to_stop.insert(to_stop.end(), found.begin(), found.end());
}

void Loop::Inside::stop_running() {
  for (std::size_t n = 0; n < kDueAtOnce && !full() && !to_stop.empty(); ++n) {
    RunId const run = to_stop.front();
    to_stop.pop_front();
    decide_own(domain::run::Commands(domain::run::Stop{run}), correlation_of(run));
  }
}

void Loop::Inside::remind(Instant now) {
  while (!reminders.empty() && reminders.begin()->first <= now) {
    RunId const run = reminders.begin()->second;
    reminders.erase(reminders.begin());
    domain::run::Row const* row = state.runs.find(run);
    if (row == nullptr || row->phase != domain::run::Phase::reconciling) continue;
    open.orders.emplace_back(ReconcileRun{.run = run, .fence = row->fence});
    reminders.emplace(now + kReconcileReminder, run);
  }
}

void Loop::Inside::archive(Instant now) {
  if (now < archive_not_before) return;
  std::int64_t const before = state.ledger.seq_next;
  decide_own(domain::system::Commands(domain::system::ArchiveAdvanced{
                 .finished_before = cut(state.finished, now - state.settings.period(domain::setting::kArchiveAfter)),
                 .keys_before = cut(state.key_ends, now),
                 .keys_kept_until = now + domain::kKeyAfterRun}),
             fresh_correlation());
  // What one event did not take is next; where it took nothing, nothing may be archived now.
  bool const took_some = state.ledger.seq_next > before;
  archive_not_before = now;
  if (!took_some || archive_due() > now) archive_not_before = now + kArchiveEvery;
}

void Loop::Inside::note_clock_step() {
  if (auto const step = clock.take_step()) {
    decide_own(domain::system::Commands(domain::system::ClockStepped{*step}), fresh_correlation());
  }
}

// At their time-out, or when the loop stops: long polls are told how things stand.
void Loop::Inside::end_waits(Instant now) {
  if (waits.size() == 0) return;
  bool const stopping = shared.with([](Volatile const& v) { return v.stopping; });
  for (Waits::Ended& ended : stopping ? waits.take_all() : waits.take_over(now))
    read(ended.run, std::move(ended.done));
}

Duration Loop::Inside::until_next(Instant now) const {
  if (failed || (full() && in_flight)) return kIdle;  // until it is woken
  if (!inbox.empty() || !to_stop.empty() || (!open.empty() && !in_flight)) return Duration(0);
  Instant next = now + kIdle;
  auto sooner = [&](Instant at) { next = std::min(next, at); };
  if (auto const wait = waits.next()) sooner(*wait);
  if (!reminders.empty()) sooner(reminders.begin()->first);
  if (!state.deadlines.approvals.empty())
    sooner(std::max(state.deadlines.approvals.begin()->first, due_not_before));
  if (!state.ledger.work_clock.standing_since) {
    if (auto const lease = liveness.next()) sooner(lease->first);
    auto const& [queue, limits, rests] =
        std::tie(state.deadlines.queue, state.deadlines.limits, state.deadlines.rests);
    if (!queue.empty()) sooner(due_of(queue, queue_round, Duration(0), now));
    if (!limits.empty()) sooner(due_of(limits, limit_round, domain::run::kLimitGrace, now));
    if (auto const rest = rests.upper_bound(rests_announced); rest != rests.end())
      sooner(rest->first + state.ledger.work_clock.paused);
  }
  if (!state.finished.empty() || !state.key_ends.empty()) sooner(archive_due());
  if (uncovered > 0 && !in_flight) sooner(checkpoint_not_before);
  return std::max(next - now, Duration(0));
}

// When the first of them, which are there, is asked next, so long after its time.
Instant Loop::Inside::due_of(RunsByTime const& deadlines, Round const& round, Duration after,
                             Instant now) const {
  if (round.at) return now;
  return std::max(deadlines.begin()->first + after + state.ledger.work_clock.paused,
                  round.not_before);
}

Instant Loop::Inside::archive_due() const {
  Instant next = archive_not_before + kIdle;
  if (!state.finished.empty())
    next = std::min(next, state.finished.begin()->first + state.settings.period(domain::setting::kArchiveAfter) + kTick);
  if (!state.key_ends.empty()) next = std::min(next, state.key_ends.begin()->first + kTick);
  return std::max(next, archive_not_before);
}

}  // namespace tally::ledger
