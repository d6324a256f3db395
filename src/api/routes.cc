#include "api/routes.h"

#include <array>

#include "api/handlers.h"
#include "wire/admin_messages.h"
#include "wire/budget_messages.h"
#include "wire/error_messages.h"
#include "wire/evidence_messages.h"
#include "wire/ops_messages.h"
#include "wire/problem_help.h"
#include "wire/why_messages.h"
#include "wire/work_messages.h"

namespace tally::api {

namespace {

using namespace wire;

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kOctets = "application/octet-stream";
constexpr auto kSubmit = RateClass::submit;
constexpr auto kRead = RateClass::read;
constexpr auto kWork = RateClass::work;
constexpr auto kControl = RateClass::control;
constexpr auto kOpen = RateClass::open;
constexpr auto kProbe = RateClass::probe;

constexpr std::array kRoutes{
    // Runs.
    Route{"POST", "/v1/runs", "runs:write", submit_run, kSubmit, 202, kJson, "dry_run",
          schema_maker<SubmitRequest>, schema_maker<SubmitAnswer>,
          "Submit a run once: needs Idempotency-Key; holds max_cost_usd"},
    Route{"GET", "/v1/runs", "runs:read", list_runs, kRead, 200, kJson, "status label limit cursor",
          nullptr, schema_maker<RunList>, "The tenant's runs, newest first; label is NAME=VALUE"},
    Route{"GET", "/v1/runs/{id}", "runs:read", get_run, kRead, 200, kJson, "wait_s", nullptr,
          schema_maker<wire::Run>, "A run; wait_s holds the answer until it ends"},
    Route{"POST", "/v1/runs/{id}/cancel", "runs:write", cancel_run, kControl, 200, kJson, "",
          nullptr, schema_maker<wire::Run>, "Cancel a run that has not ended"},
    Route{"GET", "/v1/runs/{id}/result", "runs:read", get_result, kRead, 200, kJson, "", nullptr,
          nullptr, "The result's exact bytes; ETag is their hash"},
    Route{"GET", "/v1/jobs", "runs:read", list_jobs, kRead, 200, kJson, "", nullptr,
          schema_maker<JobList>, "The kinds of work that can be submitted"},
    Route{"GET", "/v1/budget", "budget:read", get_budget, kRead, 200, kJson, "", nullptr,
          schema_maker<Budget>, "The tenant's budget"},
    // Work.
    Route{"POST", "/v1/work/lease", "work", lease_work, kWork, 200, kJson, "",
          schema_maker<LeaseRequest>, schema_maker<LeaseAnswer>,
          "Lease runs to execute; wait_s holds the answer until there is one"},
    Route{"POST", "/v1/work/{lease}/start", "work", start_work, kWork, 200, kJson, "",
          schema_maker<FenceRequest>, schema_maker<WorkAnswer>,
          "Say that the work begins; durable before it may touch the world"},
    Route{"POST", "/v1/work/{lease}/heartbeat", "work", heartbeat_work, kWork, 200, kJson, "",
          schema_maker<FenceRequest>, schema_maker<HeartbeatAnswer>,
          "Keep the lease; learn of a cancellation"},
    Route{"POST", "/v1/work/{lease}/complete", "work", complete_work, kWork, 200, kJson, "",
          schema_maker<CompleteRequest>, schema_maker<WorkAnswer>,
          "Report the result and its cost; repeating it is safe"},
    Route{"POST", "/v1/work/{lease}/fail", "work", fail_work, kWork, 200, kJson, "",
          schema_maker<FailRequest>, schema_maker<WorkAnswer>, "Report a failure"},
    // Administration.
    Route{"POST", "/v1/admin/tenants", "admin", create_tenant, kControl, 201, kJson, "",
          schema_maker<TenantRequest>, schema_maker<Tenant>, "Create a tenant"},
    Route{"GET", "/v1/admin/tenants", "admin", list_tenants, kRead, 200, kJson, "", nullptr,
          schema_maker<TenantList>, "All tenants"},
    Route{"POST", "/v1/admin/tenants/{tenant}/grants", "admin", grant_budget, kControl, 201, kJson,
          "", schema_maker<GrantRequest>, schema_maker<Budget>, "Add credits to a budget"},
    Route{"GET", "/v1/admin/tenants/{tenant}/budget", "admin", get_tenant_budget, kRead, 200, kJson,
          "", nullptr, schema_maker<Budget>, "A tenant's budget"},
    Route{"POST", "/v1/admin/people", "admin", add_person, kControl, 201, kJson, "",
          schema_maker<PersonRequest>, schema_maker<Person>,
          "Register a person; an approver is 202 until others sign"},
    Route{"POST", "/v1/admin/people/{person}/remove", "admin", remove_person, kControl, 200, kJson,
          "", nullptr, schema_maker<ApprovalAnswer>,
          "Remove a person, whose keys then open nothing; of an approver it is 202 until others "
          "sign"},
    Route{"GET", "/v1/admin/people", "admin", list_people, kRead, 200, kJson, "", nullptr,
          schema_maker<PersonList>, "All registered people"},
    Route{"POST", "/v1/admin/keys", "admin", create_key, kControl, 201, kJson, "",
          schema_maker<KeyRequest>, schema_maker<Key>,
          "Create a key; its token is shown once, of one for another person a claim code"},
    Route{"POST", "/v1/admin/keys/{key}/claim-code", "admin", show_claim_code, kControl, 200, kJson,
          "", nullptr, schema_maker<ClaimCode>,
          "The claim code of a key that was approved; once, to its proposer"},
    Route{"POST", "/v1/keys/claim", "", claim_key, kOpen, 200, kJson, "",
          schema_maker<ClaimRequest>, schema_maker<Key>,
          "Fetch the token of a key with its claim code, once"},
    Route{"GET", "/v1/admin/keys", "admin", list_keys, kRead, 200, kJson, "", nullptr,
          schema_maker<KeyList>, "All keys, without tokens"},
    Route{"POST", "/v1/admin/keys/{key}/revoke", "admin", revoke_key, kControl, 200, kJson, "",
          nullptr, schema_maker<Key>, "Revoke a key for good"},
    Route{"POST", "/v1/admin/plans", "admin", set_plan, kControl, 200, kJson, "",
          schema_maker<Plan>, schema_maker<Plan>, "Create or change a plan"},
    Route{"GET", "/v1/admin/plans", "admin", list_plans, kRead, 200, kJson, "", nullptr,
          schema_maker<PlanList>, "All plans"},
    Route{"POST", "/v1/admin/quorum", "admin", set_quorum, kControl, 200, kJson, "",
          schema_maker<QuorumRequest>, schema_maker<ApprovalAnswer>,
          "Change how many people must agree; 202 until others sign"},
    Route{"POST", "/v1/admin/runs/{id}/resolution", "admin", resolve_run, kControl, 200, kJson, "",
          schema_maker<ResolutionRequest>, schema_maker<ApprovalAnswer>,
          "Propose what a run in audit_required is charged; 202 while it waits for signatures"},
    // Operation.
    Route{"GET", "/v1/halt", "ops:read runs:read runs:write", get_mode, kRead, 200, kJson, "",
          nullptr, schema_maker<ModeReport>,
          "The modes in force; without ops:read those that stop the key's own tenant"},
    Route{"POST", "/v1/halt", "admin", set_mode, kControl, 200, kJson, "",
          schema_maker<ModeRequest>, schema_maker<ApprovalAnswer>,
          "Change a mode; leaving stop or halt is 202 while it waits for signatures"},
    Route{"GET", "/v1/approvals", "ops:read approve admin", list_approvals, kRead, 200, kJson, "",
          nullptr, schema_maker<ApprovalList>,
          "Approvals that wait for signatures, and who counts"},
    Route{"GET", "/v1/approvals/{id}", "ops:read approve admin", get_approval, kRead, 200, kJson,
          "", nullptr, schema_maker<Approval>, "One open approval"},
    Route{"POST", "/v1/approvals/{id}/sign", "approve admin", sign_approval, kControl, 200, kJson,
          "", nullptr, schema_maker<ApprovalAnswer>, "Sign an approval as the key's owner"},
    Route{"POST", "/v1/approvals/{id}/withdraw", "approve admin", withdraw_approval, kControl, 200,
          kJson, "", nullptr, schema_maker<ApprovalAnswer>,
          "Take back an approval that the key's owner proposed"},
    // Evidence.
    Route{"GET", "/v1/decisions/{id}", "evidence:read", get_decision, kRead, 200, kJson, "",
          nullptr, schema_maker<DecisionEvidence>, "A decision's events, with its snapshot"},
    Route{"GET", "/v1/why", "runs:read evidence:read", get_why, kRead, 200, kJson,
          "subject idempotency_key", nullptr, schema_maker<Why>,
          "Why a run, decision, correlation, idempotency key or key is as it is"},
    Route{"GET", "/v1/events", "evidence:read", list_events, kRead, 200, kJson, "from limit",
          nullptr, schema_maker<EventList>, "Events of the ledger, in order"},
    Route{"GET", "/v1/timeline/{correlation_id}", "evidence:read", get_timeline, kRead, 200, kJson,
          "from", nullptr, schema_maker<Timeline>, "The events of one correlation, in order"},
    Route{"GET", "/v1/errors", "evidence:read", list_errors, kRead, 200, kJson,
          "class component severity layer correlation_id run_id tenant from to before after_seq limit", nullptr,
          schema_maker<ErrorList>, "Errors, newest first; severity is the least that is shown"},
    Route{"GET", "/v1/errors/{id}", "evidence:read", get_error, kRead, 200, kJson, "", nullptr,
          schema_maker<ErrorEnvelope>, "One error by its id"},
    Route{"GET", "/ledger/checkpoint", "", get_checkpoint, kOpen, 200, kText, "", nullptr, nullptr,
          "The last signed checkpoint (C2SP tlog-checkpoint)"},
    Route{"GET", "/ledger/tile/entries/{path...}", "evidence:read", get_entry_bundle, kRead, 200,
          kOctets, "", nullptr, nullptr, "Entry bundles (C2SP tlog-tiles)"},
    Route{"GET", "/ledger/tile/{path...}", "", get_hash_tile, kOpen, 200, kOctets, "", nullptr,
          nullptr, "Hash tiles (C2SP tlog-tiles)"},
    // The server itself.
    Route{"GET", "/health", "", get_health, kProbe, 200, kJson, "", nullptr, schema_maker<Health>,
          "Is the process alive"},
    Route{"GET", "/readyz", "", get_readiness, kProbe, 200, kJson, "", nullptr,
          schema_maker<Readiness>, "Does each dependency work"},
    Route{"GET", "/metrics", "metrics:read", get_metrics, kRead, 200, kText, "", nullptr, nullptr,
          "Numbers for Prometheus, text 0.0.4 or OpenMetrics; open on loopback"},
    Route{"GET", "/openapi.json", "", get_openapi, kOpen, 200, kJson, "", nullptr, nullptr,
          "This API as OpenAPI 3.1"},
    Route{"GET", "/docs", "", get_docs, kOpen, 200, kHtml, "", nullptr, nullptr,
          "This API as a page"},
    Route{"GET", "/docs/style.css", "", get_docs_style, kOpen, 200, "text/css; charset=utf-8", "",
          nullptr, nullptr, "The page's style"},
    Route{"GET", "/", "", get_home, kOpen, 200, kHtml, "", nullptr, nullptr,
          "What this is and where to go"},
    Route{"GET", "/problems", "", list_problem_pages, kOpen, 200, kHtml, "", nullptr,
          schema_maker<ProblemHelpList>, "All problem codes; as JSON where Accept asks for it",
          true},
    Route{"GET", "/problems/{code}", "", get_problem_page, kOpen, 200, kHtml, "", nullptr,
          schema_maker<ProblemHelp>,
          "What a problem code means and what helps; as JSON where Accept asks for it", true},
};

std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);  // the slash
  auto const slash = path.find('/');
  auto const segment = path.substr(0, slash);
  path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
  return segment;
}

bool fits(std::string_view pattern, std::string_view path, std::vector<std::string>& parameters) {
  parameters.clear();
  while (!pattern.empty() && !path.empty()) {
    if (pattern.starts_with("/{") && pattern.ends_with("...}") &&
        pattern.find('/', 1) == std::string_view::npos) {
      parameters.emplace_back(path.substr(1));
      return !parameters.back().empty();
    }
    auto const wanted = next_segment(pattern);
    auto const segment = next_segment(path);
    if (wanted.starts_with('{')) {
      if (segment.empty()) return false;
      parameters.emplace_back(segment);
    } else if (wanted != segment) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

}  // namespace

std::span<Route const> routes() { return kRoutes; }

bool takes_idempotency_key(Route const& route) {
  return route.method == "POST" && !route.scope.empty() && !route.pattern.starts_with("/v1/work/");
}

RouteMatch match_route(std::string_view method, std::string_view path) {
  RouteMatch match;
  if (!path.starts_with('/')) return match;
  std::string_view const asked = method == "HEAD" ? "GET" : method;
  std::vector<std::string> parameters;
  std::string_view found;  // the first pattern that fits is the one, whatever its methods
  for (Route const& route : kRoutes) {
    if (!found.empty() && route.pattern != found) continue;
    if (!fits(route.pattern, path, parameters)) continue;
    found = route.pattern;
    match.allow += std::string(route.method) + (route.method == "GET" ? ", HEAD, " : ", ");
    if (route.method == asked && !match.route) {
      match.route = &route;
      match.parameters = parameters;
    }
  }
  if (!match.allow.empty()) match.allow += "OPTIONS";
  return match;
}

}  // namespace tally::api
