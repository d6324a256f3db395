#pragma once

// Everything that decisions read: a fold of the ledger, nothing else. Only apply writes it.

#include <map>
#include <optional>

#include "domain/approval/engine.h"
#include "domain/deadlines.h"
#include "domain/directory/rows.h"
#include "domain/fields.h"
#include "domain/lookup.h"
#include "domain/mode/engine.h"
#include "domain/run/facts.h"
#include "domain/schedule/engine.h"
#include "domain/system/engine.h"
#include "domain/table.h"

namespace tally::domain {

// An answered idempotency key (answers.h).
struct AnsweredKey {
  Instant expires_at;  // when the archive looks at it; only moves on while its run lives
  Digest fingerprint;
  std::optional<RunId> run;  // that the answer is about
  std::int64_t seq = 0;      // first event of the decision that answered
  TALLY_FIELDS(AnsweredKey, expires_at, fingerprint, run, seq);
};

// The one row that says where the ledger itself stands.
struct LedgerRow {
  std::int64_t approvals = 0;  // made so far; ids come from these counters
  Instant at;                  // of the last event
  std::int64_t checkpoint_size = 0;
  std::int64_t epoch = 0;             // of the writer
  std::optional<ApprovalId> granted;  // whose command is decided next
  IdKey id_key;
  std::int64_t keys = 0;
  LedgerId ledger;
  std::int64_t leases = 0;
  std::string origin;
  std::int64_t runs = 0;
  std::int64_t seq_next = 0;
  std::string vkey;
  mode::WorkClock work_clock;
  TALLY_FIELDS(LedgerRow, approvals, at, checkpoint_size, epoch, granted, id_key, keys, leases,
               ledger, origin, runs, seq_next, vkey, work_clock);
};

// Whose run of a job was leased last: the next lease goes to the tenant behind it.
struct LastServed {
  TenantId tenant;
  TALLY_FIELDS(LastServed, tenant);
};

// Queued runs, derived from the run table: by job, tenant and age. A run whose lease was given back
// rests, and is nobody's candidate until its time has come (work clock).
using Turns = ByTime<std::int64_t, RunId>;  // by the event that submitted the run
struct Waiting {
  Turns ready;
  ByTime<Instant, RunId> resting;
  bool empty() const { return ready.empty() && resting.empty(); }
  bool operator==(Waiting const&) const = default;
};
struct Queue {
  std::map<JobName, std::map<TenantId, Waiting>> waiting;
  ByTime<Instant, RunId> rests;  // of runs that rest, by when they are announced again; work clock
  std::int64_t depth = 0;
};

struct State {
  LedgerRow ledger;
  Settings settings;
  Table<TenantId, directory::Tenant> tenants;
  Table<PersonId, directory::Person> people;
  Table<KeyId, directory::Key> keys;
  Table<PlanName, directory::Plan> plans;
  Table<JobName, run::JobKind> jobs;
  Table<JobName, LastServed> last_served;
  Table<RunId, run::Row> runs;
  Table<Digest, AnsweredKey> answered;
  Table<mode::Scope, mode::Row> modes;
  Table<ApprovalId, approval::Row> approvals;
  Table<ScheduleName, schedule::Row> schedules;

  // Derived from the tables above (derive.h), kept up by apply.
  Queue queue;
  Deadlines deadlines;
  std::map<TenantId, std::int64_t> audits;          // runs that wait for one
  Lookup<LeaseId, RunId> leases;                    // of runs whose row names one, lost ones too
  ByTime<Instant, RunId> finished;                  // for the archive
  ByTime<Instant, Digest> key_ends;                 // when they expire, for the archive
  std::array<std::int64_t, run::kPhases> phases{};  // runs in memory by phase
  std::int64_t runs_live = 0;
};

extern template class Table<TenantId, directory::Tenant>;
extern template class Table<PersonId, directory::Person>;
extern template class Table<KeyId, directory::Key>;
extern template class Table<PlanName, directory::Plan>;
extern template class Table<JobName, run::JobKind>;
extern template class Table<JobName, LastServed>;
extern template class Table<RunId, run::Row>;
extern template class Table<Digest, AnsweredKey>;
extern template class Table<mode::Scope, mode::Row>;
extern template class Table<ApprovalId, approval::Row>;
extern template class Table<ScheduleName, schedule::Row>;

}  // namespace tally::domain
