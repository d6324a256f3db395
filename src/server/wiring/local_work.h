#pragma once

// The work queue as the in-process worker sees it: the same commands that remote workers send over
// HTTP, without the wire.

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "api/payloads.h"
#include "ledger/loop.h"
#include "ledger/reader.h"
#include "ports/entropy.h"
#include "ports/error_sink.h"
#include "ports/work_queue.h"

namespace tally::wiring {

// Why to stop, as a worker hears it.
ports::HeartbeatAnswer to_answer(domain::run::StopReason reason);

class LocalWork : public ports::WorkQueue {
 public:
  LocalWork(ledger::Loop& loop, ledger::Reader const& reader, api::Payloads& payloads,
            ports::Clock const& clock, ports::Entropy& entropy,
            ports::ErrorReporter<Layer::L7> errors, std::string name,
            std::function<void(std::vector<JobName> const&)> asked,
            std::optional<TenantId> tenant = std::nullopt)
      : loop_(loop),
        reader_(reader),
        payloads_(payloads),
        clock_(clock),
        entropy_(entropy),
        errors_(std::move(errors)),
        name_(std::move(name)),
        asked_(std::move(asked)),
        tenant_(std::move(tenant)) {}

  // From the loop's WorkWaits orders, on the loop's thread.
  void work_available(JobName const& job);
  // Ends a wait for work whose time is over; call it about every 100 ms.
  void tick();
  // No work is given from here on; who waits for some hears of none. Any thread.
  void stop_leasing();

  void lease(std::vector<JobName> jobs, std::uint32_t max, Duration wait,
             std::function<void(Result<std::vector<ports::WorkItem>>)> done) override;
  void start(LeaseId lease, std::uint64_t fence, std::function<void(Result<void>)> done) override;
  void heartbeat(LeaseId lease, std::uint64_t fence,
                 std::function<void(ports::HeartbeatAnswer)> done) override;
  void complete(LeaseId lease, std::uint64_t fence, ports::WorkReceipt receipt,
                std::function<void(Result<void>)> done) override;
  void fail(LeaseId lease, std::uint64_t fence, ports::WorkFailure failure,
            std::function<void(Result<void>)> done) override;
  void reconcile(RunId run, std::uint64_t fence, ports::ReconcileEvidence evidence,
                 std::function<void(Result<void>)> done) override;

 private:
  struct Known {  // of a run whose lease this worker holds or held
    RunId run;
    TenantId tenant;
    CorrelationId correlation;
  };
  struct Visit {  // one question for work, on its way or waiting
    std::vector<JobName> jobs;
    std::uint32_t max = 1;
    Duration until;  // monotonic
    std::function<void(Result<std::vector<ports::WorkItem>>)> done;
    std::vector<ports::WorkItem> got;
  };
  struct Shared {
    std::map<LeaseId, Known> known;
    std::deque<LeaseId> order;  // of `known`, oldest first
    std::shared_ptr<Visit> waiting;
    bool stopped = false;
  };
  static constexpr std::size_t kKnownMax = 65'536;

  void ask(std::shared_ptr<Visit> visit);
  void take(std::shared_ptr<Visit> const& visit, ledger::Answer answer);
  static void finish(Visit& visit, std::optional<Error> fault);
  void report_payload(Error const& error, domain::run::Row const& row,
                      ledger::Entry const& entry) const;
  void give_back(domain::run::Row const& row, Error const& error);
  Result<ports::WorkItem> item(ledger::Answer const& answer);
  void remember(LeaseId lease, Known known);
  std::optional<Known> known(LeaseId lease) const;
  ledger::Origin origin(CorrelationId correlation) const;
  void post(domain::run::Commands command, Bytes enclosure, CorrelationId correlation,
            std::function<void(Result<void>)> done);

  ledger::Loop& loop_;
  ledger::Reader const& reader_;
  api::Payloads& payloads_;
  ports::Clock const& clock_;
  ports::Entropy& entropy_;
  ports::ErrorReporter<Layer::L7> errors_;
  std::string name_;
  std::function<void(std::vector<JobName> const&)> asked_;  // told of each question for work
  std::optional<TenantId> tenant_;                          // whose work it asks for; none: any
  Mutex<Shared> shared_;
};

}  // namespace tally::wiring
