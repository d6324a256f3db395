#pragma once

// Changes of mode (mode.h says what each mode permits). One person may raise a mode. Leaving stop
// or halt needs an approval. A halt is lifted to safe, which then stands for 48 h.

#include <optional>
#include <string>
#include <variant>

#include "base/ids.h"
#include "base/time.h"
#include "domain/approvers.h"
#include "domain/fields.h"
#include "domain/kinds.h"
#include "domain/mode/mode.h"
#include "domain/settings.h"

namespace tally::domain::mode {

struct SetFacts;

inline constexpr Duration kSafeAfterHalt = hours(48);

// In force for one scope.
struct Row {
  Mode mode = Mode::normal;
  std::string reason;
  std::optional<Instant> safe_until;
  Instant since;
  TALLY_FIELDS(Row, mode, reason, safe_until, since);
};

// The work clock: ledger time less all the time that everything stood still.
struct WorkClock {
  Duration paused;  // in all, up to the last resume
  std::optional<Instant> standing_since;
  Instant at(Instant ledger_time) const {
    return (standing_since ? *standing_since : ledger_time) - paused;
  }
  TALLY_FIELDS(WorkClock, paused, standing_since);
};

// Command: a person asks for a mode. Leaving stop or halt takes an approval.
struct Set {
  static constexpr CommandType kCommand{"mode.set", mode::Mode::halt};
  using Facts = SetFacts;
  static constexpr Setting const& kWaits = setting::kApproveResume;
  std::optional<KeyId> asked_with = {};
  Mode mode = Mode::normal;
  PersonId person;
  std::string reason;
  Scope scope;
  TALLY_FIELDS(Set, asked_with, mode, person, reason, scope);
};

struct SetFacts {
  static constexpr std::string_view kKind = "mode.set_facts";
  std::optional<Approvers> approvers;  // where stop or halt is to be left
  Row current;
  bool scope_known = true;
  WorkClock work_clock;
  TALLY_FIELDS(SetFacts, approvers, current, scope_known, work_clock);
};

// Event: mode.changed.
struct Changed {
  static constexpr EventType kEvent{"mode.changed"};
  static constexpr std::array kDirectory{DirectoryPart::modes};
  Mode from = Mode::normal;
  PersonId person;
  Row row;
  Scope scope;
  WorkClock work_clock;
  TALLY_FIELDS(Changed, from, person, row, scope, work_clock);
};

// Why `mode` may not follow `current`, if so: a halt is lifted to safe, and safe stands for 48 h
// after it, also when a stop came between.
std::optional<std::string> objection(Row const& current, Mode mode, Instant at);

// The event that puts `scope` from `current` into `mode` at `at`.
Changed change(Scope const& scope, Row const& current, WorkClock const& clock, Mode mode,
               std::string reason, PersonId person, Instant at);

using Commands = std::variant<Set>;
struct Engine {
  static constexpr EngineType kType{"mode"};
  using Commands = mode::Commands;
};

using Events = std::variant<Changed>;

}  // namespace tally::domain::mode
