#include <algorithm>

#include "domain/run/decide.h"
#include "domain/system_tenant.h"
#include "ledger/loop_state.h"

namespace tally::ledger {

namespace {

constexpr std::size_t kDueAtOnce = 256;  // deadlines decided in one step
constexpr Duration kRetryDelay =
    seconds(1);  // before a deadline that led to nothing is asked again
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

void Loop::State::decide_due(Instant now) {
  std::size_t n = 0;
  while (n < kDueAtOnce && !full() && decide_next_due(now)) ++n;
  if (n > 0) ++counts.reaper_scans;
}

// Each kind in order of time (domain/deadlines.h). What a mode of its own scopes holds back gives
// way to those behind it. False: nothing more is due.
bool Loop::State::decide_next_due(Instant now) {
  if (decide_next_of(domain::Turn::before_leases, now)) return true;
  if (!state.ledger.work_clock.standing_since && decide_lease_due(liveness, now)) return true;
  if (decide_lease_due(system_liveness, now)) return true;
  return decide_next_of(domain::Turn::after_leases, now);
}

bool Loop::State::decide_lease_due(Liveness& leases, Instant now) {
  auto const lease = leases.next();
  if (!lease || lease->first > now) return false;
  RunId const run = lease->second;
  using domain::run::DueKind;
  DueKind const kind = leases.ended_with_process(run) ? DueKind::process : DueKind::lease;
  if (!decide_due({domain::run::Commands(domain::run::Due{.kind = kind, .run = run}), run}))
    leases.postpone(run, now + kRetryDelay);
  return true;
}

bool Loop::State::decide_next_of(domain::Turn turn, Instant now) {
  for (domain::DueKind const kind : domain::kDueKinds) {
    if (rule_of(kind).turn != turn || stands_still(kind)) continue;
    auto const next = next_of(kind, now);
    if (!next) continue;
    domain::DueMoment const moment{.at = now, .began = began, .next_after = world.next_after};
    if (auto due = domain::due_command(state, *next, moment)) decide_due(std::move(*due));
    return true;
  }
  return false;
}

// False: it led to nothing.
bool Loop::State::decide_due(domain::DueCommand due) {
  std::size_t const before = open.entries.size();
  decide_own(std::move(due.command), due.run ? correlation_of(*due.run) : fresh_correlation());
  return open.entries.size() > before;
}

bool Loop::State::stands_still(domain::DueKind kind) const {
  return rule_of(kind).clock == domain::WhichClock::work &&
         state.ledger.work_clock.standing_since.has_value();
}

std::optional<domain::DueId> Loop::State::next_of(domain::DueKind kind, Instant now) {
  domain::DueRule const rule = rule_of(kind);
  auto const& deadlines = state.deadlines.of(kind);
  Round& round = round_of(kind);
  if (!round.at && now < round.not_before) return std::nullopt;
  Instant const late = now - rule.grace;
  Instant const due =
      rule.clock == domain::WhichClock::work ? state.ledger.work_clock.at(late) : late;
  auto const at = round.at ? deadlines.upper_bound(*round.at) : deadlines.begin();
  if (at != deadlines.end() && at->first <= due) {
    round.at = *at;
    return domain::DueId{kind, at->second};
  }
  round.at.reset();
  if (at != deadlines.begin()) round.not_before = now + kRetryDelay;
  return std::nullopt;
}

// After a start, whoever works has the grace to report before anything is decided for it.
void Loop::State::begin_rounds(Instant now) {
  for (domain::DueKind const kind : domain::kDueKinds)
    round_of(kind).not_before = now + rule_of(kind).grace;
}

// Whoever waits for work hears of runs that have rested; each run is announced once a rest.
void Loop::State::announce_rested(Instant now) {
  auto const& rests = state.queue.rests;
  Instant const work_at = state.ledger.work_clock.at(now);
  auto at = rests.upper_bound(rests_announced);
  for (; at != rests.end() && at->first <= work_at; ++at) {
    open.orders.emplace_back(WorkWaits{state.runs.at(at->second).job});
    rests_announced = *at;
  }
}

void Loop::State::find_running_to_stop() {
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

void Loop::State::stop_running() {
  for (std::size_t n = 0; n < kDueAtOnce && !full() && !to_stop.empty(); ++n) {
    RunId const run = to_stop.front();
    to_stop.pop_front();
    decide_own(domain::run::Commands(domain::run::Stop{run}), correlation_of(run));
  }
}

void Loop::State::remind(Instant now) {
  while (!reminders.empty() && reminders.begin()->first <= now) {
    RunId const run = reminders.begin()->second;
    reminders.erase(reminders.begin());
    domain::run::Row const* row = state.runs.find(run);
    if (row == nullptr || row->phase != domain::run::Phase::reconciling) continue;
    open.orders.emplace_back(ReconcileRun{
        .run = run, .fence = row->fence, .of_system = domain::is_system(row->tenant)});
    reminders.emplace(now + kReconcileReminder, run);
  }
}

void Loop::State::archive(Instant now) {
  if (now < archive_not_before) return;
  std::int64_t const before = state.ledger.seq_next;
  decide_own(domain::system::Commands(domain::system::ArchiveAdvanced{
                 .finished_before = cut(
                     state.finished, now - state.settings.period(domain::setting::kArchiveAfter)),
                 .keys_before = cut(state.key_ends, now),
                 .keys_kept_until = now + domain::kKeyAfterRun}),
             fresh_correlation());
  // What one event did not take is next; where it took nothing, nothing may be archived now.
  bool const took_some = state.ledger.seq_next > before;
  archive_not_before = now;
  if (!took_some || archive_due() > now) archive_not_before = now + kArchiveEvery;
}

void Loop::State::note_clock_step() {
  if (auto const step = clock.take_step()) {
    decide_own(domain::system::Commands(domain::system::ClockStepped{*step}), fresh_correlation());
  }
}

// At their time-out, or when the loop stops: long polls are told how things stand.
void Loop::State::end_waits(Instant now) {
  if (waits.size() == 0) return;
  bool const stopping = shared.with([](Volatile const& v) { return v.stopping; });
  for (Waits::Ended& ended : stopping ? waits.take_all() : waits.take_over(now))
    read(ended.run, std::move(ended.done));
}

Duration Loop::State::until_next(Instant now) const {
  if (failed || (full() && in_flight)) return kIdle;  // until it is woken
  if (!inbox.empty() || !to_stop.empty() || (!open.empty() && !in_flight)) return Duration(0);
  Instant next = now + kIdle;
  auto sooner = [&](Instant at) { next = std::min(next, at); };
  if (auto const wait = waits.next()) sooner(*wait);
  if (!reminders.empty()) sooner(reminders.begin()->first);
  for (domain::DueKind const kind : domain::kDueKinds)
    if (!state.deadlines.of(kind).empty() && !stands_still(kind)) sooner(due_of(kind, now));
  if (auto const lease = system_liveness.next()) sooner(lease->first);
  if (!state.ledger.work_clock.standing_since) {
    if (auto const lease = liveness.next()) sooner(lease->first);
    auto const& rests = state.queue.rests;
    if (auto const rest = rests.upper_bound(rests_announced); rest != rests.end())
      sooner(rest->first + state.ledger.work_clock.paused);
  }
  if (!state.finished.empty() || !state.key_ends.empty()) sooner(archive_due());
  if (uncovered > 0 && !in_flight) sooner(checkpoint_not_before);
  return std::max(next - now, Duration(0));
}

// When the first of the kind, which there is, is asked next.
Instant Loop::State::due_of(domain::DueKind kind, Instant now) const {
  Round const& round = round_of(kind);
  if (round.at) return now;
  domain::DueRule const rule = rule_of(kind);
  bool const works = rule.clock == domain::WhichClock::work;
  Duration const paused = works ? state.ledger.work_clock.paused : Duration(0);
  return std::max(state.deadlines.of(kind).begin()->first + rule.grace + paused, round.not_before);
}

Instant Loop::State::archive_due() const {
  Instant next = archive_not_before + kIdle;
  if (!state.finished.empty())
    next = std::min(next, state.finished.begin()->first +
                              state.settings.period(domain::setting::kArchiveAfter) + kTick);
  if (!state.key_ends.empty()) next = std::min(next, state.key_ends.begin()->first + kTick);
  return std::max(next, archive_not_before);
}

}  // namespace tally::ledger
