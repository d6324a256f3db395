#include "api/routes.h"

#include "api/handlers.h"
#include "wire/budget_messages.h"
#include "wire/endpoints.h"
#include "wire/idempotency_key.h"
#include "wire/ops_messages.h"
#include "wire/parameter_messages.h"
#include "wire/problem_help.h"
#include "wire/why_messages.h"
#include "wire/work_messages.h"

namespace tally::api {

namespace {

constexpr auto kSubmit = RateClass::submit;
constexpr auto kRead = RateClass::read;
constexpr auto kWork = RateClass::work;
constexpr auto kControl = RateClass::control;
constexpr auto kOpen = RateClass::open;
constexpr auto kProbe = RateClass::probe;

// A run is submitted under a key, but for a dry run, which decides nothing and takes none.
template <class Parameters>
bool is_keyed(Exchange& x, Parameters const& parameters) {
  if (x.route->keyed != wire::Keyed::required) return true;
  if constexpr (requires { parameters.dry_run; }) {
    if (parameters.dry_run) {
      x.idempotency_key.reset();
      return true;
    }
  }
  if (x.idempotency_key) return true;
  x.problem("idempotency_key_missing", std::string(wire::kIdempotencyKeyWanted));
  return false;
}

// Reads what the operation takes, and hands it to its handler: its parameters and its body, each
// where it has one. What is not as the operation says is answered here.
template <auto const& kOperation, auto kHandler>
void read_and_handle(ExchangePtr x) {
  using Operation = std::remove_cvref_t<decltype(kOperation)>;
  using Parameters = typename Operation::Parameters;
  using Body = typename Operation::Body;
  auto parameters = x->parameters<Parameters>();
  if (!parameters || !is_keyed(*x, *parameters)) return;
  if constexpr (std::is_same_v<Body, wire::Nothing>) {
    if constexpr (std::is_same_v<Parameters, wire::Nothing>)
      kHandler(std::move(x));
    else
      kHandler(std::move(x), *parameters);
  } else {
    auto body = x->body<Body>();
    if (!body) return;
    if constexpr (std::is_same_v<Parameters, wire::Nothing>)
      kHandler(std::move(x), std::move(*body));
    else
      kHandler(std::move(x), *parameters, std::move(*body));
  }
}

template <auto const& kOperation, auto kHandler>
Route route(RateClass rate) {
  return {kOperation, read_and_handle<kOperation, kHandler>, rate};
}

std::vector<Route> all_routes() {
  return {
      route<wire::kSubmitRun, submit_run>(kSubmit),
      route<wire::kListRuns, list_runs>(kRead),
      route<wire::kGetRun, get_run>(kRead),
      route<wire::kCancelRun, cancel_run>(kControl),
      route<wire::kGetRunResult, get_result>(kRead),
      route<wire::kListJobs, list_jobs>(kRead),
      route<wire::kGetBudget, get_budget>(kRead),
      route<wire::kLeaseWork, lease_work>(kWork),
      route<wire::kStartWork, start_work>(kWork),
      route<wire::kSendHeartbeat, heartbeat_work>(kWork),
      route<wire::kCompleteWork, complete_work>(kWork),
      route<wire::kFailWork, fail_work>(kWork),
      route<wire::kCreateTenant, create_tenant>(kControl),
      route<wire::kListTenants, list_tenants>(kRead),
      route<wire::kGrantBudget, grant_budget>(kControl),
      route<wire::kGetTenantBudget, get_tenant_budget>(kRead),
      route<wire::kAddPerson, add_person>(kControl),
      route<wire::kRemovePerson, remove_person>(kControl),
      route<wire::kListPeople, list_people>(kRead),
      route<wire::kCreateKey, create_key>(kControl),
      route<wire::kShowClaimCode, show_claim_code>(kControl),
      route<wire::kClaimKey, claim_key>(kOpen),
      route<wire::kListKeys, list_keys>(kRead),
      route<wire::kRevokeKey, revoke_key>(kControl),
      route<wire::kSetPlan, set_plan>(kControl),
      route<wire::kListPlans, list_plans>(kRead),
      route<wire::kSetQuorum, set_quorum>(kControl),
      route<wire::kResolveRun, resolve_run>(kControl),
      route<wire::kGetMode, get_mode>(kRead),
      route<wire::kSetMode, set_mode>(kControl),
      route<wire::kListApprovals, list_approvals>(kRead),
      route<wire::kGetApproval, get_approval>(kRead),
      route<wire::kSignApproval, sign_approval>(kControl),
      route<wire::kWithdrawApproval, withdraw_approval>(kControl),
      route<wire::kGetDecision, get_decision>(kRead),
      route<wire::kGetExplanation, get_why>(kRead),
      route<wire::kListEvents, list_events>(kRead),
      route<wire::kGetTimeline, get_timeline>(kRead),
      route<wire::kListErrors, list_errors>(kRead),
      route<wire::kGetError, get_error>(kRead),
      route<wire::kGetCheckpoint, get_checkpoint>(kOpen),
      route<wire::kGetEntryBundle, get_entry_bundle>(kRead),
      route<wire::kGetHashTile, get_hash_tile>(kOpen),
      route<wire::kGetHealth, get_health>(kProbe),
      route<wire::kGetReadiness, get_readiness>(kProbe),
      route<wire::kGetMetrics, get_metrics>(kRead),
      route<wire::kGetApiDescription, get_openapi>(kOpen),
      route<wire::kGetApiPage, get_docs>(kOpen),
      route<wire::kGetPageStyle, get_docs_style>(kOpen),
      route<wire::kGetHomePage, get_home>(kOpen),
      route<wire::kListProblems, list_problem_pages>(kOpen),
      route<wire::kGetProblem, get_problem_page>(kOpen),
  };
}

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

// Copies of what wire/ describes; made by the first who asks.
std::span<Route const> routes() {
  static std::vector<Route> const all = all_routes();
  return all;
}

RouteMatch match_route(std::string_view method, std::string_view path) {
  RouteMatch match;
  if (!path.starts_with('/')) return match;
  std::string_view const asked = method == "HEAD" ? "GET" : method;
  std::vector<std::string> parameters;
  std::string_view found;  // the first pattern that fits is the one, whatever its methods
  for (Route const& route : routes()) {
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
