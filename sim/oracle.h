#pragma once

// Compares what outsiders saw with what the ledger says, now and after every crash. Whatever was
// acknowledged must be there, for ever, as it was acknowledged; what got no answer may be there.

#include <map>
#include <string>

#include "domain/state.h"
#include "ports/disk.h"
#include "projections/error_index.h"
#include "server/wiring/error_memory.h"
#include "sim/answer.h"
#include "sim/ledger_model.h"
#include "sim/sim_blobs.h"

namespace tally::sim {

struct SubmitAsk {
  TenantId tenant;
  std::string key;
  std::string body;
};

class Oracle {
 public:
  Oracle(Verdicts& verdicts, Executions const& executions, SimReceipts const& receipts)
      : verdicts_(verdicts), executions_(executions), model_(verdicts, executions, receipts) {}

  // What people saw. Any answer at all goes through `saw` first.
  void saw(std::string const& path, Answer const& answer);
  void saw_submit(SubmitAsk const& ask, Answer const& answer);
  // `ended_before`: has_ended when it was asked; answers overtake each other.
  void saw_run(RunId run, bool ended_before, Answer const& answer);
  bool has_ended(RunId run) const { return final_.contains(run); }
  void saw_budget(TenantId const& tenant, std::int64_t floor, Answer const& answer);
  // The last sequence of the tenant that anybody was told of; an answer to what is asked from here
  // on may not be older.
  std::int64_t floor(TenantId const& tenant) const;
  void saw_completed(RunId run, std::int64_t fence, Answer const& answer);
  void grant_delivered(TenantId const& tenant, Micros amount);
  void grant_acknowledged(TenantId const& tenant, Micros amount);
  // The same of credits that were taken back.
  void withdrawal_delivered(TenantId const& tenant, Micros amount);
  void withdrawal_acknowledged(TenantId const& tenant, Micros amount);
  void key_acknowledged(KeyId key) { keys_.insert(key); }
  void revocation_acknowledged(KeyId key) { revoked_.insert(key); }

  // What a process that ends knew of the ledger's errors.
  void saw_errors(wiring::ErrorMemory& memory);

  // After every start: all that was read before stands unchanged, and what is new adds up.
  void read_ledger(ports::Disk& disk);
  // At the end of a life, with the server stopped.
  void conclude(ports::Disk& disk, SimBlobs& blobs);

  LedgerModel const& model() const { return model_; }
  Digest root() const { return root_; }
  std::uint64_t accepted() const { return accepted_; }

 private:
  struct Told {  // the one answer of an idempotency key
    int status = 0;
    RunId run;
    std::int64_t seq = 0;
    std::string leaf;
    std::string body;
    bool operator==(Told const&) const = default;
  };
  struct Promised {
    Micros acknowledged;
    Micros delivered;
  };
  struct BudgetSeen {
    TenantId tenant;
    std::int64_t floor;
    BudgetStory story;
  };
  struct ErrorsSeen {
    std::int64_t events = 0;                               // that were folded
    std::map<std::int64_t, ErrorClass> by_class;           // found page by page, a class at a time
    std::map<TenantId, std::set<std::int64_t>> by_tenant;  // and a tenant
  };
  void check_errors(ErrorsSeen const& seen);
  void check_told(SubmitAsk const& ask, Told const& told, Answer const& answer);
  void check_promises();
  void check_submit(std::pair<TenantId, std::string> const& key, Told const& told);
  void check_keys_answered_once();
  void check_budgets_seen();
  void check_final_runs_seen();
  void check_executions();
  void check_fold(ports::Disk& disk);
  void check_verify(ports::Disk& disk, SimBlobs& blobs);
  void check_state(domain::State const& state);

  Verdicts& verdicts_;
  Executions const& executions_;
  LedgerModel model_;
  std::map<std::pair<TenantId, std::string>, Told> told_;
  std::map<TenantId, std::int64_t> floors_;
  std::map<TenantId, Promised> granted_;
  std::map<RunId, Answer> final_;
  std::map<RunId, std::set<std::string>> statuses_;
  std::map<RunId, std::int64_t> completed_;  // fence
  std::vector<BudgetSeen> budgets_;
  std::set<KeyId> keys_, revoked_;
  std::vector<ErrorsSeen> errors_seen_;  // since the ledger was read last
  Digest root_;
  std::uint64_t accepted_ = 0;
};

// SHA-256(tenant 0x00 route 0x00 key), as docs/formats say.
Digest idempotency_digest(TenantId const& tenant, std::string const& key);

}  // namespace tally::sim
