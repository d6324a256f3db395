#include "wire/endpoints.h"
#include "wire/parameter_messages.h"
#include "wire/work_messages.h"

namespace tally::wire {

constexpr Operation<SubmitParameters, SubmitRequest, SubmitAnswer> kSubmitRun({
    .method = "POST",
    .pattern = "/v1/runs",
    .id = "submitRun",
    .tag = "runs",
    .scopes = KeyScope::runs_write,
    .keyed = Keyed::required,
    .summary = "Submit a run once; holds max_cost_usd until it ends",
    .verb = "run submit",
    .replies = {{{202,
                  "The run is accepted, and its hold is taken",
                  nullptr,
                  kJson,
                  {Field::location, Field::retry_after}},
                 {200, "What a dry run would come to", schema_maker<DryRunAnswer>}}},
    .problems = {"budget_exceeded", "budget_held", "unknown_job", "conflict"},
});

constexpr Operation<RunListParameters, Nothing, RunList> kListRuns({
    .method = "GET",
    .pattern = "/v1/runs",
    .id = "listRuns",
    .tag = "runs",
    .scopes = KeyScope::runs_read,
    .summary = "The tenant's runs, newest first",
    .verb = "run list",
    .replies = {{{200, "A page of runs"}}},
});

constexpr Operation<RunParameters, Nothing, Run> kGetRun({
    .method = "GET",
    .pattern = "/v1/runs/{id}",
    .id = "getRun",
    .tag = "runs",
    .scopes = KeyScope::runs_read,
    .summary = "A run as it is, or as it ended",
    .verb = "run show",
    .replies = {{{200, "The run", nullptr, kJson, {Field::retry_after}}}},
    .problems = {"run_gone"},
});

constexpr Operation<RunPath, Nothing, Run> kCancelRun({
    .method = "POST",
    .pattern = "/v1/runs/{id}/cancel",
    .id = "cancelRun",
    .tag = "runs",
    .scopes = KeyScope::runs_write,
    .keyed = Keyed::optional,
    .summary = "Cancel a run that has not ended",
    .verb = "run cancel ID",
    .replies = {{{200, "The run as it is now", nullptr, kJson, {Field::retry_after}}}},
    .problems = {"conflict", "run_gone"},
});

constexpr Operation<RunPath, Nothing, Nothing> kGetRunResult({
    .method = "GET",
    .pattern = "/v1/runs/{id}/result",
    .id = "getRunResult",
    .tag = "runs",
    .scopes = KeyScope::runs_read,
    .summary = "A run's result, byte for byte",
    .verb = "run result",
    .replies =
        {{{200, "The result; ETag is its hash", nullptr, kJson, {Field::etag}},
          {304, "The result is the one that If-None-Match names", nullptr, {}, {Field::etag}}}},
    .problems = {"result_not_ready", "no_result", "run_gone", "erased"},
});

constexpr Operation<Nothing, Nothing, JobList> kListJobs({
    .method = "GET",
    .pattern = "/v1/jobs",
    .id = "listJobs",
    .tag = "runs",
    .scopes = KeyScope::runs_read,
    .summary = "The kinds of work that can be submitted",
    .verb = "job list",
    .replies = {{{200, "All job kinds"}}},
});

constexpr Operation<Nothing, LeaseRequest, LeaseAnswer> kLeaseWork({
    .method = "POST",
    .pattern = "/v1/work/lease",
    .id = "leaseWork",
    .tag = "work",
    .scopes = KeyScope::work,
    .summary = "Lease runs to execute; wait_s holds the answer until there is one",
    .verb = "work lease",
    .replies = {{{200,
                  "The leased runs; none where there was no work in time",
                  nullptr,
                  kJson,
                  {Field::retry_after}}}},
});

constexpr Operation<LeasePath, FenceRequest, WorkAnswer> kStartWork({
    .method = "POST",
    .pattern = "/v1/work/{lease}/start",
    .id = "startWork",
    .tag = "work",
    .scopes = KeyScope::work,
    .summary = "Say that the work begins, which is durable before it may touch the world",
    .verb = "work start LEASE FENCE",
    .replies = {{{200, "The work may begin"}}},
    .problems = {"lease_lost", "conflict"},
});

constexpr Operation<LeasePath, FenceRequest, HeartbeatAnswer> kSendHeartbeat({
    .method = "POST",
    .pattern = "/v1/work/{lease}/heartbeat",
    .id = "sendHeartbeat",
    .tag = "work",
    .scopes = KeyScope::work,
    .summary = "Keep the lease, and learn whether to stop",
    .verb = "work heartbeat LEASE FENCE",
    .replies = {{{200, "The lease is kept"}}},
    .problems = {"lease_lost"},
});

constexpr Operation<LeasePath, CompleteRequest, WorkAnswer> kCompleteWork({
    .method = "POST",
    .pattern = "/v1/work/{lease}/complete",
    .id = "completeWork",
    .tag = "work",
    .scopes = KeyScope::work,
    .summary = "Report the result and its cost; repeating it is safe",
    .verb = "work complete LEASE FENCE",
    .replies = {{{200, "What the run came to"}}},
    .problems = {"lease_lost", "conflict"},
});

constexpr Operation<LeasePath, FailRequest, WorkAnswer> kFailWork({
    .method = "POST",
    .pattern = "/v1/work/{lease}/fail",
    .id = "failWork",
    .tag = "work",
    .scopes = KeyScope::work,
    .summary = "Report a failure and what it cost; repeating it is safe",
    .verb = "work fail LEASE FENCE",
    .replies = {{{200, "What the run came to"}}},
    .problems = {"lease_lost", "conflict"},
});

std::span<Endpoint const* const> runs_endpoints() {
  static constexpr std::array kAll = std::to_array<Endpoint const*>(
      {&kSubmitRun, &kListRuns, &kGetRun, &kCancelRun, &kGetRunResult, &kListJobs, &kLeaseWork,
       &kStartWork, &kSendHeartbeat, &kCompleteWork, &kFailWork});
  return kAll;
}

}  // namespace tally::wire
