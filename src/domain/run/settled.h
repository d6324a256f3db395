#pragma once

// The one way in which a run's hold ends; shared by the work, cancel and audit decisions.

#include <string>
#include <string_view>

#include "domain/outcome.h"
#include "domain/run/event.h"
#include "domain/run/facts.h"

namespace tally::domain::run {

// How a run ends.
struct Ending {
  Micros cost;  // in all, earlier attempts' among it
  bool cost_rounded_up = false;
  std::string error_code;
  std::string error_detail;
  Phase phase = Phase::failed;  // a final one
  std::string reason;
  bool reported = false;  // by the lease's own report: nothing more will come from there
  std::optional<Document> result = std::nullopt;
  std::string sandbox = {};
  std::optional<Document> stderr_tail = std::nullopt;
};

// Why nobody may say what a run cost.
struct Audit {
  std::string_view reason;
  std::string_view type;  // in logs and metrics
  std::optional<Document> result = std::nullopt;
  std::optional<Micros> claimed = std::nullopt;
  std::string detail = {};
  std::optional<Document> stderr_tail = std::nullopt;
};
inline constexpr std::string_view kNotBelieved = "cost_not_believed";
inline constexpr std::string_view kUnbelievable = "unbelievable_cost_audit";

// run.audit_required: the hold stays, and the result with it. With the alarm the tenant goes to
// safe mode: what one unclear cost says of its other runs, a person has to find out first.
Outcome audit(Instant at, RunFacts const& facts, Audit why);

// run.settled; with mode.changed where the plan takes its tenant to safe mode for an overrun. A
// cost that is not believed, or that cannot be owed, is an audit that keeps the result. `facts.run`
// and `facts.situation` must be there; `facts.balances` are the tenant's.
Outcome end_of(Instant at, RunFacts const& facts, Ending ending);

// An event of the run, and nothing else.
Outcome one(RunFacts const& facts, run::Events event);

// Whether the lease ends under work that had begun, and without its report.
bool loses_lease(Situation const& run, bool reported);

// The most that a run may cost without an audit, and that people may charge it after one:
// `believed_max` of the plan above its hold. None: the plan names no bound.
std::optional<Micros> charge_most(RunFacts const& facts);

// The end that people decided on: at `charge`, from 0 to kAmountMax. None: the tenant would owe
// more than kDebtMax.
std::optional<Settled> resolved(RunFacts const& facts, Micros charge);

}  // namespace tally::domain::run
