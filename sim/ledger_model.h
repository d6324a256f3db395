#pragma once

// The ledger as a naive bookkeeper reads it: event by event, with its own additions and a story for
// every run and tenant. It shares no rule with the domain; it only knows what must never happen.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "codec/entry.h"
#include "domain/run/limits.h"
#include "sim/sim_receipts.h"
#include "sim/sim_runner.h"
#include "sim/verdicts.h"

namespace tally::sim {

struct RunStory {
  TenantId tenant;
  JobName job;
  Micros hold;
  std::int64_t submit_seq = 0;
  domain::run::Phase phase = domain::run::Phase::queued;
  std::int64_t fence = 0;
  LeaseId lease;
  std::int64_t lease_seq = 0;  // the event that gave it
  Micros cost_so_far;
  std::int64_t returns = 0;
  Instant queue_deadline;
  std::optional<Instant> not_before;  // work clock, as the next
  std::optional<Instant> limit;       // of the attempt that runs
  bool told_to_stop = false;
  bool has_result = false;         // that an audit keeps
  std::set<std::int64_t> started;  // fences
  std::set<std::int64_t> told;     // fences whose lease has said what it cost
  std::set<std::string> statuses;  // that callers may have seen
  std::optional<domain::run::Charge> charge;
};

struct BudgetStory {
  Micros granted, available, held, spent, overrun;
  bool operator==(BudgetStory const&) const = default;
};

// A proposal as two people would remember it.
struct Proposal {
  std::set<PersonId> agree;  // the proposer and all who signed
  std::set<PersonId> counted;
  std::int64_t quorum = 0;
};

struct TenantStory {
  std::int64_t events = 0;
  BudgetStory now;
  std::vector<std::pair<std::int64_t, BudgetStory>> past;  // by sequence, each change
  PlanName plan;
  bool normal = true;  // no mode of its own is in force
  // While something is owed: who was live when the debt arose, and what those cost above their
  // holds since.
  std::set<RunId> debtors;
  Micros overspent;
};

// What recurs: when it is due next, and what ran last.
struct ScheduleStory {
  Instant next;
  std::optional<RunId> run;
};

// A key that may sign: whose it is, and from when and until when it lets them count.
struct Voice {
  PersonId person;
  Instant from;
  std::optional<Instant> end;  // when it expires or was revoked
};

class LedgerModel {
 public:
  LedgerModel(Verdicts& verdicts, Executions const& executions, SimReceipts const& receipts)
      : verdicts_(verdicts), executions_(executions), receipts_(receipts) {}

  void add(codec::Entry entry);
  std::int64_t size() const { return static_cast<std::int64_t>(entries_.size()); }
  codec::Entry const* at(std::int64_t seq) const;
  RunStory const* run(RunId run) const;
  std::map<RunId, RunStory> const& runs() const { return runs_; }
  std::map<TenantId, TenantStory> const& tenants() const { return tenants_; }
  std::set<KeyId> const& keys() const { return keys_; }
  std::set<KeyId> const& revoked() const { return revoked_; }
  // Decisions by the digest of the idempotency key that they answered.
  std::map<Digest, std::vector<std::int64_t>> const& by_key() const { return by_key_; }

 private:
  using Header = domain::Header;
  void note(domain::run::Events const& event);
  void note(domain::budget::Events const& event);
  void note(domain::directory::Events const& event);
  void note_people(domain::directory::Events const& event);
  void note_jobs(domain::directory::Events const& event);
  void note_key(KeyId id, domain::directory::Key const& key, Instant from);
  void note(domain::mode::Events const& event);
  void note(domain::approval::Events const& event);
  void note(domain::system::Events const& event);
  void note(domain::error::Events const& event);
  void note(domain::schedule::Events const& event);
  void take(domain::schedule::WasSet const& event);
  void take(domain::schedule::Missed const& event);
  void take(domain::schedule::Fired const& event);
  void take(domain::schedule::Skipped const& event);
  bool is_live(std::optional<RunId> run) const;
  void check_of_system(domain::run::Submitted const& event);
  void take(domain::run::Submitted const& event);
  void take(domain::run::Refused const& event);
  void take(domain::run::Leased const& event);
  void take(domain::run::Started const& event);
  void take(domain::run::Requeued const& event);
  void take(domain::run::Reconciling const& event);
  void take(domain::run::CancelRequested const& event);
  void take(domain::run::StopRequested const& event);
  void take(domain::run::Settled const& event);
  void take(domain::run::AuditRequired const& event);
  void take(domain::run::Unaccounted const& event);

  RunStory& story(RunId run, std::string_view event);
  void move(RunStory& run, domain::run::Phase to);
  void check_order();
  void check_two_people();
  void check_actor(std::string_view what);
  std::set<PersonId> who_counts() const;
  void check_postings(TenantId const& tenant, domain::Postings const& postings);
  void check_cause(RunStory const& run, domain::run::Settled const& event);
  void check_truth(RunStory const& run, domain::run::Settled const& event);
  void check_return(RunStory const& run, domain::run::Requeued const& event);
  void check_limit(RunStory const& run);
  void check_why_silent(RunStory const& run, domain::run::Reconciling const& event);
  Instant work_at(Instant at) const { return work_clock_.at(at); }
  void check_debt(TenantStory& tenant, RunId run, Micros overrun, bool owed_before);
  void check_told(RunStory& run);
  domain::directory::Plan plan_of(TenantId const& tenant) const;
  void check_proof_was_read(RunStory const& run, RunId id, std::string_view outcome);
  void money(TenantId const& tenant, BudgetStory now);
  void require(bool holds, std::string_view what);
  Header const& header() const { return entries_.back().recorded.header; }

  Verdicts& verdicts_;
  Executions const& executions_;
  SimReceipts const& receipts_;
  std::vector<codec::Entry> entries_;
  std::map<RunId, RunStory> runs_;
  std::map<TenantId, TenantStory> tenants_;
  std::map<Digest, std::vector<std::int64_t>> by_key_;
  std::map<std::pair<LeaseId, std::int64_t>, RunId> leases_;
  std::map<PlanName, domain::directory::Plan> plans_;
  std::optional<TenantId> to_safe_mode_;  // by an overrun, in the event that comes next
  std::set<KeyId> keys_, revoked_;
  std::set<JobName> jobs_;  // that take runs
  std::map<ScheduleName, ScheduleStory> schedules_;
  std::optional<RunId> fired_;  // by the event before, which its submit follows
  domain::mode::WorkClock work_clock_;
  std::int64_t server_seq_ = 0;  // of the last server.started
  Instant excused_;  // a limit that passed while nobody could act on it counts from here
  // Who is named, by which keys they have a say, and what they agree on.
  std::set<PersonId> named_;
  std::map<KeyId, Voice> voices_;
  std::map<std::string, Instant> keys_count_from_;  // of keys that were claimed, by actor
  std::map<ApprovalId, Proposal> proposals_;
};

}  // namespace tally::sim
