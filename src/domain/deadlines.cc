#include "domain/deadlines.h"

#include "domain/due_command.h"
#include "domain/run/limits.h"
#include "domain/schedule/decide.h"

namespace tally::domain {

DueRule rule_of(DueKind kind) {
  constexpr Duration kAtOnce;
  switch (kind) {
    case DueKind::approval:
      return {.clock = WhichClock::ledger, .grace = kAtOnce, .turn = Turn::before_leases};
    case DueKind::limit:  // its worker stops it in the grace, and reports
      return {.clock = WhichClock::work, .grace = run::kLimitGrace, .turn = Turn::before_leases};
    case DueKind::schedule:
      return {.clock = WhichClock::ledger, .grace = kAtOnce, .turn = Turn::after_leases};
    case DueKind::queue:
      break;
  }
  return {.clock = WhichClock::work, .grace = kAtOnce, .turn = Turn::after_leases};
}

std::optional<DueCommand> due_command(State const& state, DueId what, DueMoment const& moment) {
  RunId const run(what.id);
  switch (what.kind) {
    case DueKind::approval:
      return DueCommand{approval::Commands(approval::Expire{ApprovalId(what.id)}), std::nullopt};
    case DueKind::limit:
      return DueCommand{run::Commands(run::Due{.kind = run::DueKind::limit, .run = run}), run};
    case DueKind::schedule: {
      auto fire = schedule::fire(state, static_cast<std::int64_t>(what.id), moment.at, moment.began,
                                 moment.next_after);
      if (!fire) return std::nullopt;
      return DueCommand{schedule::Commands(std::move(*fire)), std::nullopt};
    }
    case DueKind::queue:
      break;
  }
  return DueCommand{run::Commands(run::Due{.kind = run::DueKind::queue, .run = run}), run};
}

}  // namespace tally::domain
