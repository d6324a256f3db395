#include "domain/deadlines.h"

#include "domain/due_command.h"
#include "domain/run/limits.h"

namespace tally::domain {

DueRule rule_of(DueKind kind) {
  constexpr Duration kAtOnce;
  switch (kind) {
    case DueKind::approval:
      return {.clock = WhichClock::ledger, .grace = kAtOnce, .turn = Turn::before_leases};
    case DueKind::limit:  // its worker stops it in the grace, and reports
      return {.clock = WhichClock::work, .grace = run::kLimitGrace, .turn = Turn::before_leases};
    case DueKind::queue:
      break;
  }
  return {.clock = WhichClock::work, .grace = kAtOnce, .turn = Turn::after_leases};
}

DueCommand due_command(DueId what) {
  RunId const run(what.id);
  switch (what.kind) {
    case DueKind::approval:
      return {approval::Commands(approval::Expire{ApprovalId(what.id)}), std::nullopt};
    case DueKind::limit:
      return {run::Commands(run::Due{.kind = run::DueKind::limit, .run = run}), run};
    case DueKind::queue:
      break;
  }
  return {run::Commands(run::Due{.kind = run::DueKind::queue, .run = run}), run};
}

}  // namespace tally::domain
