#pragma once

// The ledger as a naive bookkeeper reads it: event by event, with its own additions and a story for
// every run and tenant. It shares no rule with the domain; it only knows what must never happen.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "codec/entry.h"
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
  Micros cost_so_far;
  std::set<std::int64_t> started;  // fences
  std::set<std::string> statuses;  // that callers may have seen
  std::optional<domain::run::Charge> charge;
};

struct BudgetStory {
  Micros granted, available, held, spent, overrun;
  bool operator==(BudgetStory const&) const = default;
};

struct TenantStory {
  std::int64_t events = 0;
  BudgetStory now;
  std::vector<std::pair<std::int64_t, BudgetStory>> past;  // by sequence, each change
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
  // Runs and refusals by the digest of their idempotency key.
  std::map<Digest, std::vector<std::int64_t>> const& by_key() const { return by_key_; }

 private:
  using Header = domain::Header;
  void note(domain::RunEvent const& event);
  void note(domain::BudgetEvent const& event);
  void note(domain::DirectoryEvent const& event);
  void note(domain::ModeEvent const&) {}
  void note(domain::ApprovalEvent const&) {}
  void note(domain::ChronicleEvent const&) {}
  void note(domain::ErrorEvent const& event);
  void take(domain::run::Submitted const& event);
  void take(domain::run::Refused const& event);
  void take(domain::run::Leased const& event);
  void take(domain::run::Started const& event);
  void take(domain::run::Requeued const& event);
  void take(domain::run::Reconciling const& event);
  void take(domain::run::CancelRequested const& event);
  void take(domain::run::Settled const& event);
  void take(domain::run::AuditRequired const& event);

  RunStory& story(RunId run, std::string_view event);
  void move(RunStory& run, domain::run::Phase to);
  void check_order();
  void check_postings(TenantId const& tenant, domain::Postings const& postings);
  void check_cause(RunStory const& run, domain::run::Settled const& event);
  void check_truth(RunStory const& run, domain::run::Settled const& event);
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
  std::set<KeyId> keys_, revoked_;
};

}  // namespace tally::sim
