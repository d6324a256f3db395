#pragma once

// The commands of the run engine. Callers submit and cancel; workers lease and report (reports.h);
// the loop sends Stop and Due; whoever looked for a lost worker's receipt sends Reconcile; people
// propose how an audit ends.

#include <variant>

#include "domain/fields.h"
#include "domain/kinds.h"
#include "domain/run/reports.h"
#include "domain/settings.h"

namespace tally::domain::run {

struct SubmitFacts;
struct LeaseFacts;
struct RunFacts;

struct Submit {
  static constexpr CommandType kCommand{"run.submit", mode::Mode::normal};
  using Facts = SubmitFacts;
  bool dry_run = false;
  Document input;
  JobName job;
  KeyId key;
  std::map<std::string, std::string> labels;
  Micros max_cost;
  std::optional<RunId> parent;
  TenantId tenant;
  std::optional<Duration> timeout;
  TALLY_FIELDS(Submit, dry_run, input, job, key, labels, max_cost, parent, tenant, timeout);
};

// A recorded lease names at most this many job kinds. Of a longer list only the kind of the leased
// run is recorded; the facts and the decision are the same.
inline constexpr std::size_t kLeaseJobsRecorded = 64;

// One run for a worker; a worker that wants ten asks ten times within one frame.
struct Lease {
  static constexpr CommandType kCommand{"run.lease", mode::Mode::safe, 1, mode::Mode::halt};
  using Facts = LeaseFacts;
  std::vector<JobName> jobs;
  std::optional<TenantId> tenant;  // of the worker's key; none: any (in-process workers)
  std::string worker;
  TALLY_FIELDS(Lease, jobs, tenant, worker);
};

struct Cancel {
  static constexpr CommandType kCommand{"run.cancel", mode::Mode::stop};
  using Facts = RunFacts;
  RunId run;
  TenantId tenant;
  TALLY_FIELDS(Cancel, run, tenant);
};

// Stops the work of a run, because a mode that forbids execution came into force while it ran.
struct Stop {
  static constexpr CommandType kCommand{"run.stop", mode::Mode::halt};
  using Facts = RunFacts;
  RunId run;
  TALLY_FIELDS(Stop, run);
};

// A deadline came due: the queue's, the lease's (in the liveness table), or the limit of a run that
// goes on past it. Those of queues and limits are on the work clock. `process`: the lease's as
// well, which ended because the server that worked on the run itself has ended.
enum class DueKind { lease, queue, limit, process };
constexpr std::array<DueKind, 4> all_of(DueKind) {
  return {DueKind::lease, DueKind::queue, DueKind::limit, DueKind::process};
}
constexpr std::string_view name_of(DueKind kind) {
  constexpr std::array<std::string_view, 4> names{"lease", "queue", "limit", "process"};
  return names[static_cast<std::size_t>(kind)];
}
struct Due {
  static constexpr CommandType kCommand{"run.due", mode::Mode::safe, 1, mode::Mode::halt};
  using Facts = RunFacts;
  DueKind kind = DueKind::lease;
  RunId run;
  TALLY_FIELDS(Due, kind, run);
};

// What was found on the disk of an execution whose worker went silent.
enum class Receipt { none, valid, damaged };
constexpr std::array<Receipt, 3> all_of(Receipt) {
  return {Receipt::none, Receipt::valid, Receipt::damaged};
}
constexpr std::string_view name_of(Receipt receipt) {
  constexpr std::array<std::string_view, 3> names{"none", "valid", "damaged"};
  return names[static_cast<std::size_t>(receipt)];
}
struct Reconcile {
  static constexpr CommandType kCommand{"run.reconcile", mode::Mode::stop, 1, mode::Mode::halt};
  using Facts = RunFacts;
  std::int64_t fence = 0;
  Measured measured;
  Receipt receipt = Receipt::none;
  std::optional<Document> result;
  RunId run;
  TALLY_FIELDS(Reconcile, fence, measured, receipt, result, run);
};

// A person proposes how an audit ends: `charge` is charged, and the rest of the hold is released.
struct ProposeResolution {
  static constexpr CommandType kCommand{"run.propose_resolution", mode::Mode::stop};
  using Facts = RunFacts;
  static constexpr Setting const& kWaits = setting::kApproveAudit;
  std::optional<KeyId> asked_with = {};
  Micros charge;
  PersonId person;
  std::string reason;
  RunId run;
  TALLY_FIELDS(ProposeResolution, asked_with, charge, person, reason, run);
};

using Commands = std::variant<Submit, Lease, Start, Complete, Fail, Cancel, Stop, Due, Reconcile,
                              ProposeResolution>;
struct Engine {
  static constexpr EngineType kType{"run"};
  using Commands = run::Commands;
};

}  // namespace tally::domain::run
