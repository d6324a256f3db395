#pragma once

// "Were these the facts, and would today's code decide the same on them?" Compares the recorded
// facts with what `gather` reads from the state that the events before the decision fold to; runs
// `decide` on the snapshot in the ledger; compares both with what was recorded, field by field. Of
// an event in an older version what that version could say is compared.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "segments/recovery.h"

namespace tally::audit {

enum class ReplayVerdict { same, different, not_replayable };
std::string_view name_of(ReplayVerdict verdict);

struct Difference {
  std::string pointer;  // JSON pointer into the event
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
                             std::function<void(Replayed const&)> const& each,
                             segments::Beside beside = segments::Beside::nobody);

}  // namespace tally::audit
