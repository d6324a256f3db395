#pragma once

// "Given the same facts, would today's code decide the same?" Runs `decide` on the snapshot in the
// ledger and compares what comes out with what was recorded, field by field.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "ports/disk.h"

namespace tally::audit {

enum class ReplayVerdict { same, different, not_replayable };
std::string_view name_of(ReplayVerdict verdict);

struct Difference {
  std::string pointer;  // JSON pointer into the event's body
  std::string recorded;
  std::string replayed;
};

struct Replayed {
  DecisionId decision;
  std::int64_t seq = 0;             // of the decision's first event
  std::string engine;               // "run@1"
  std::string command;              // "run.submit"
  std::vector<std::string> events;  // types, as recorded
  ReplayVerdict verdict = ReplayVerdict::same;
  std::string reason;  // why not replayable
  std::vector<Difference> differences;
};

// Which decisions: all, one, or those of a run.
struct ReplaySelection {
  std::optional<DecisionId> decision;
  std::optional<RunId> run;
};

struct ReplaySummary {
  std::uint64_t same = 0;
  std::uint64_t different = 0;
  std::uint64_t not_replayable = 0;
};

// Calls `each` for every selected decision in order. Frames are checked on the way; damage is an
// error ("corrupt") that names the sequence. "not_found": the selection matches nothing.
Result<ReplaySummary> replay(ports::Disk& disk, ReplaySelection const& selection,
                             std::function<void(Replayed const&)> const& each);

}  // namespace tally::audit
