#pragma once

// What recurs. A schedule is a row with its next slot; when the slot has come, a system run of its
// job is submitted in the same decision.
//
//             set                          slot has come
//   (nothing) ───► waits for `next` ──────────────────────► fired: the run is submitted
//                     ▲      │                  │  └──────► skipped: the last run lives, or the
//                     │      │ another rule     │           job is not known
//                     └──────┴──────────────────┘           `next` moves on, so a slot comes once
//
// Slots that passed while nobody decided (the server was down, or the clock stepped) are said once
// (`missed`); then what is due runs once, however many they were.
//
// The domain knows no calendar: the next slot comes with the command (ports/calendar.h), and decide
// holds it against the last one. So replay needs none.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "base/ids.h"
#include "base/time.h"
#include "domain/fields.h"
#include "domain/kinds.h"
#include "domain/run/job_kind.h"

namespace tally::domain::schedule {

struct SetFacts;
struct FireFacts;

inline constexpr std::int64_t kSchedulesMax = 64;
inline constexpr Duration kEveryLeast = seconds(1);
inline constexpr Duration kEveryMost = hours(24 * 366);
inline constexpr std::int64_t kMinutesOfDay = 24 * 60;
inline constexpr std::size_t kZoneBytesMax = 64;

// `every` counts from 1970-01-01T00:00:00Z; zero: daily, `minute` minutes after midnight in `zone`.
struct Rule {
  Duration every;
  std::int64_t minute = 0;
  std::string zone;  // of the IANA time zone database
  TALLY_FIELDS(Rule, every, minute, zone);
};

// The first slot of a rule after an instant; none where the zone is not known.
using NextAfter = std::function<std::optional<Instant>(Rule const&, Instant)>;

struct Row {
  JobName job;  // one of the system's
  Instant next;
  std::int64_t number = 0;  // in the order in which they were first set; deadlines name it
  Rule rule;
  std::optional<RunId> run;  // of the last slot that fired
  TALLY_FIELDS(Row, job, next, number, rule, run);
};

// A start proposes the schedules that it knows; what is so already is no event.
struct Set {
  static constexpr CommandType kCommand{"schedule.set", mode::Mode::halt};
  using Facts = SetFacts;
  JobName job;
  ScheduleName name;
  Instant next;
  Rule rule;
  TALLY_FIELDS(Set, job, name, next, rule);
};

struct SetFacts {
  static constexpr std::string_view kKind = "schedule.set_facts";
  bool job_known = false;
  std::optional<Row> row;
  std::int64_t schedules = 0;  // that there are
  bool tenant_known = false;   // the system's
  TALLY_FIELDS(SetFacts, job_known, row, schedules, tenant_known);
};

// Slots that came and went, and did not run at their time.
struct Slots {
  std::int64_t count = 0;
  Instant first;
  Instant last;
  TALLY_FIELDS(Slots, count, first, last);
};

// The slot has come.
struct Fire {
  static constexpr CommandType kCommand{"schedule.fire", mode::Mode::halt};
  using Facts = FireFacts;
  std::optional<Slots> missed = {};
  ScheduleName name;
  Instant next;  // the slot after this one
  Instant slot;
  TALLY_FIELDS(Fire, missed, name, next, slot);
};

struct FireFacts {
  static constexpr std::string_view kKind = "schedule.fire_facts";
  bool live = false;  // the last run may still execute
  RunId next_run;
  std::optional<Row> row;
  std::optional<run::Terms> terms;  // of the job, where it is known
  Instant work_at;
  TALLY_FIELDS(FireFacts, live, next_run, row, terms, work_at);
};

// Event schedule.set.
struct WasSet {
  static constexpr EventType kEvent{"schedule.set"};
  ScheduleName name;
  Row row;
  TALLY_FIELDS(WasSet, name, row);
};

// Event schedule.missed: before schedule.fired or schedule.skipped of the same decision.
struct Missed {
  static constexpr EventType kEvent{"schedule.missed"};
  ScheduleName name;
  Slots slots;
  TALLY_FIELDS(Missed, name, slots);
};

// Event schedule.fired: before run.submitted of the same decision.
struct Fired {
  static constexpr EventType kEvent{"schedule.fired"};
  ScheduleName name;
  Instant next;
  RunId run;
  Instant slot;
  TALLY_FIELDS(Fired, name, next, run, slot);
};

enum class SkipReason { job_unknown, still_running };
constexpr std::array<SkipReason, 2> all_of(SkipReason) {
  return {SkipReason::job_unknown, SkipReason::still_running};
}
constexpr std::string_view name_of(SkipReason reason) {
  constexpr std::array<std::string_view, 2> names{"job_unknown", "still_running"};
  return names[static_cast<std::size_t>(reason)];
}

// Event schedule.skipped: no run for this slot.
struct Skipped {
  static constexpr EventType kEvent{"schedule.skipped"};
  ScheduleName name;
  Instant next;
  SkipReason reason = SkipReason::still_running;
  std::optional<RunId> run;  // that lives
  Instant slot;
  TALLY_FIELDS(Skipped, name, next, reason, run, slot);
};

using Commands = std::variant<Set, Fire>;
struct Engine {
  static constexpr EngineType kType{"schedule"};
  using Commands = schedule::Commands;
};

using Events = std::variant<WasSet, Missed, Fired, Skipped>;

}  // namespace tally::domain::schedule
