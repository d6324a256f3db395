#pragma once

// The API: one HTTP request in, one answer out, at once or later. It holds no state of its own
// beyond counters and waiting requests; what is true is in the ledger.

#include <memory>

#include "api/services.h"
#include "ports/http.h"

namespace tally::api {

class Api : public ports::HttpService {
 public:
  // All parts outlive the Api, and the Api outlives every request that the loop still holds.
  Api(ledger::Loop& loop, ledger::Reader const& reader, ports::Clock& clock,
      ports::Entropy& entropy, ports::Vault& vault, ports::Blobs& blobs,
      ports::Executor& executor, Options options);
  ~Api() override;
  Api(Api const&) = delete;
  Api& operator=(Api const&) = delete;

  void handle(ports::HttpRequest request, ports::Responder responder) override;
  ports::HttpResponse refuse(ports::HttpFault fault, int status, std::string_view detail) override;

  // There is work of this job: for ledger::WorkWaits orders.
  void work_available(JobName const& job);
  // The in-process worker asks for work of these jobs, of any tenant.
  void asked_for_work(std::vector<JobName> const& jobs);
  // What waits in the queue, for tally_runs_without_worker.
  void note_queue(std::vector<ledger::QueuedRuns> const& queued);
  // What tenants have, for their figures in the metrics.
  void note_tenants(std::vector<ledger::TenantFigures> const& tenants);
  // Ends waits whose time has come and records counted refusals; returns how long it may be left
  // alone. Call it at least that often, from one thread.
  Duration tick();
  // Records all counted refusals now; before the loop stops.
  void flush();

  metrics::Registry& metrics();
  // For in-process workers, which seal and open the same way.
  Payloads& payloads();

 private:
  void record_refusals(Refusals::Take which);
  std::unique_ptr<Services> services_;
};

}  // namespace tally::api
