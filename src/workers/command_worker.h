#pragma once

// Leases command jobs and executes them. It decides nothing: it reports what happened, and keeps
// proof of it on disk first.
//
//   lease -> start --ok--> run --done--> receipt durable --> complete --ok--> receipt removed
//              |            |  \--failed------------------> fail ------ok--> receipt removed
//              |            \--heartbeat says lost: killed, forgotten, nothing reported
//              |            \--told to stop, by a heartbeat or at once: killed, reported as failed
//              |               "cancelled", "stopped", "timeout" or "cost_limit"
//              \--lease_lost: forgotten, the world was not touched
//
// Before the start the runner is asked whether it has the very bytes that the run was accepted
// with; where it has not, the lease is given back ("job_unknown").
//
// `start` is durable before anything runs. A report that is answered outcome_unknown, overloaded
// or halted is repeated with the same fence, which answers as the first did. A receipt whose
// report was refused as lease_lost stays for the reconcile order that follows. A run that ended
// well before the word to stop reached it is reported as complete: that is what happened.
//
// No thread of its own: somebody calls step() from one thread at a time. Callbacks, which come
// from any thread, only leave a message.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "ports/error_sink.h"
#include "ports/job_runner.h"
#include "ports/work_queue.h"
#include "workers/mailbox.h"

namespace tally::workers {

// Reconcile orders that wait at once; further ones are dropped and asked again by the server.
inline constexpr std::size_t kReconcilesMax = 4'096;

struct CommandWorkerOptions {
  std::set<JobName> jobs;   // whose runs this worker asks for
  std::uint32_t slots = 2;  // executions at once
  Duration heartbeat_every = seconds(30);
  Duration lease_wait = seconds(20);
  Duration retry_first = milliseconds(200);  // doubles up to retry_max
  Duration retry_max = seconds(15);
  ports::ErrorReporter<Layer::L5> errors;
  std::function<void()> wake;  // a message waits for step(); any thread; may be empty
};

class CommandWorker {
 public:
  // Queue, runner and receipts outlive the worker and every callback they owe it.
  CommandWorker(ports::WorkQueue& queue, ports::JobRunner& runner, ports::ReceiptStore& receipts,
                CommandWorkerOptions options);
  ~CommandWorker();

  // Takes the answers that came and does what is due. `now` never goes backwards.
  void step(Duration now);
  // When the next step is due if no message comes before; nothing: only a message matters.
  std::optional<Duration> next_due() const;

  // An order from the server: say what the execution left behind. Any thread. If the execution
  // still runs here it is killed first, so that the evidence cannot change afterwards.
  void reconcile(RunId run, std::uint64_t fence);

  // An order from the server: the execution must stop, for this reason. Any thread.
  void stop(RunId run, std::uint64_t fence, ports::HeartbeatAnswer reason);

  // No further leases; what runs goes on, and what a question under way leases is given back. From
  // the thread of step(). Drained when executions() is 0.
  void stop_leasing() { leasing_ = false; }
  std::size_t executions() const { return executions_.size(); }

 private:
  using Key = std::pair<RunId, std::uint64_t>;
  struct Execution;
  struct Inquiry;
  struct Leased {
    Result<std::vector<ports::WorkItem>> items;
  };
  struct Started {
    Key key;
    Result<void> answer;
  };
  struct Finished {
    Key key;
    ports::RunResult result;
  };
  struct Beaten {
    Key key;
    ports::HeartbeatAnswer answer;
  };
  struct Reported {
    Key key;
    Result<void> answer;
  };
  struct ToldToStop {
    Key key;
    ports::HeartbeatAnswer reason;
  };
  struct ReconcileOrder {
    Key key;
  };
  struct Reconciled {
    Key key;
    Result<void> answer;
  };
  using Message = std::variant<Leased, Started, Finished, Beaten, Reported, ToldToStop,
                               ReconcileOrder, Reconciled>;

  void take(Leased& message);
  void take(Started& message);
  void take(Finished& message);
  void take(Beaten& message);
  void take(Reported& message);
  void take(ToldToStop& message);
  void take(ReconcileOrder& message);
  void take(Reconciled& message);

  void ask_for_work();
  void accept(ports::WorkItem item);
  void tend(Execution& execution);
  void send_start(Execution& execution);
  void send_heartbeat(Execution& execution);
  void send_report(Execution& execution);
  void begin(Execution& execution);
  void keep_receipt(Execution& execution);
  void lose(Execution& execution);
  void stop(Execution& execution, ports::HeartbeatAnswer reason);
  void tend(Inquiry& inquiry);
  void send_evidence(Inquiry& inquiry);
  void report_storage(Error const& error, RunId run, std::string const& traceparent) const;
  Execution* find(Key const& key);
  void forget(Key const& key);
  template <class State>
  void retry_later(State& state);

  ports::WorkQueue& queue_;
  ports::JobRunner& runner_;
  ports::ReceiptStore& receipts_;
  CommandWorkerOptions options_;
  std::shared_ptr<Mailbox<Message>> mailbox_;
  std::map<Key, Execution> executions_;
  std::map<Key, Inquiry> inquiries_;
  Duration now_;
  Duration lease_due_;
  Duration lease_backoff_;
  bool leasing_ = true;
  bool lease_asked_ = false;
};

}  // namespace tally::workers
