#include <algorithm>

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
  for (std::size_t n = 0; n < kDueAtOnce && !full(); ++n)
    if (!decide_next_due(now)) return;
}

// Approvals, leases, queue, each in order of time. A run that a mode of its own scopes holds back
// gives way to those behind it. False: nothing more is due.
bool Loop::Inside::decide_next_due(Instant now) {
  auto const& approvals = state.deadlines.approvals;
  if (!approvals.empty() && approvals.begin()->first <= now && now >= due_not_before) {
    std::size_t const before = open.entries.size();
    decide_own(domain::ApprovalCommand(domain::approval::Expire{approvals.begin()->second}),
               fresh_correlation());
    if (open.entries.size() == before) due_not_before = now + kNotNow;
    return true;
  }
  if (state.ledger.work_clock.standing_since) return false;
  if (auto const lease = liveness.next(); lease && lease->first <= now) {
    if (!decide_due_run({.kind = domain::run::DueKind::lease, .run = lease->second}))
      liveness.renew(lease->second, now, kNotNow);
    return true;
  }
  auto const run = next_queue_deadline(now);
  if (run) decide_due_run({.kind = domain::run::DueKind::queue, .run = *run});
  return run.has_value();
}

// False: it led to nothing.
bool Loop::Inside::decide_due_run(domain::run::Due due) {
  std::size_t const before = open.entries.size();
  decide_own(domain::RunCommand(due), correlation_of(due.run));
  return open.entries.size() > before;
}

// Each deadline that is due is asked once a round; one that stays where it is waits for the next.
std::optional<RunId> Loop::Inside::next_queue_deadline(Instant now) {
  if (!queue_round && now < queue_not_before) return std::nullopt;
  auto const& queue = state.deadlines.queue;
  auto const at = queue_round ? queue.upper_bound(*queue_round) : queue.begin();
  if (at != queue.end() && at->first <= state.ledger.work_clock.at(now)) {
    queue_round = *at;
    return at->second;
  }
  queue_round.reset();
  if (at != queue.begin()) queue_not_before = now + kNotNow;
  return std::nullopt;
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
  std::size_t const before = state.finished.size() + state.key_ends.size();
  decide_own(domain::ChronicleCommand(domain::chronicle::ArchiveAdvanced{
                 .finished_before = cut(state.finished, now - state.settings.archive_after),
                 .keys_before = cut(state.key_ends, now)}),
             fresh_correlation());
  // What one event did not take is next; where it took nothing, nothing may be archived now.
  bool const took_some = state.finished.size() + state.key_ends.size() < before;
  archive_not_before = now;
  if (!took_some || archive_due() > now) archive_not_before = now + kArchiveEvery;
}

void Loop::Inside::note_clock_step() {
  if (auto const step = clock.take_step()) {
    decide_own(domain::ChronicleCommand(domain::chronicle::ClockStepped{*step}),
               fresh_correlation());
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
  if (!inbox.empty() || (!open.empty() && !in_flight)) return Duration(0);
  Instant next = now + kIdle;
  auto sooner = [&](Instant at) { next = std::min(next, at); };
  if (auto const wait = waits.next()) sooner(*wait);
  if (!reminders.empty()) sooner(reminders.begin()->first);
  if (!state.deadlines.approvals.empty())
    sooner(std::max(state.deadlines.approvals.begin()->first, due_not_before));
  if (!state.ledger.work_clock.standing_since) {
    if (auto const lease = liveness.next()) sooner(lease->first);
    if (!state.deadlines.queue.empty()) sooner(queue_round ? now : queue_due());
  }
  if (!state.finished.empty() || !state.key_ends.empty()) sooner(archive_due());
  if (uncovered > 0 && !in_flight) sooner(checkpoint_not_before);
  return std::max(next - now, Duration(0));
}

Instant Loop::Inside::queue_due() const {
  return std::max(state.deadlines.queue.begin()->first + state.ledger.work_clock.paused,
                  queue_not_before);
}

Instant Loop::Inside::archive_due() const {
  Instant next = archive_not_before + kIdle;
  if (!state.finished.empty())
    next = std::min(next, state.finished.begin()->first + state.settings.archive_after + kTick);
  if (!state.key_ends.empty()) next = std::min(next, state.key_ends.begin()->first + kTick);
  return std::max(next, archive_not_before);
}

}  // namespace tally::ledger
