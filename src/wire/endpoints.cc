#include "wire/endpoints.h"

namespace tally::wire {

namespace {

constexpr std::array<Endpoint const*, 52> kAll{
    &kSubmitRun,      &kListRuns,          &kGetRun,       &kCancelRun,        &kGetRunResult,
    &kListJobs,       &kLeaseWork,         &kStartWork,    &kSendHeartbeat,    &kCompleteWork,
    &kFailWork,       &kGetBudget,         &kGrantBudget,  &kGetTenantBudget,  &kCreateTenant,
    &kListTenants,    &kAddPerson,         &kRemovePerson, &kListPeople,       &kCreateKey,
    &kShowClaimCode,  &kClaimKey,          &kListKeys,     &kRevokeKey,        &kSetPlan,
    &kListPlans,      &kSetQuorum,         &kResolveRun,   &kGetMode,          &kSetMode,
    &kListApprovals,  &kGetApproval,       &kSignApproval, &kWithdrawApproval, &kGetDecision,
    &kGetExplanation, &kListEvents,        &kGetTimeline,  &kListErrors,       &kGetError,
    &kGetCheckpoint,  &kGetEntryBundle,    &kGetHashTile,  &kGetHealth,        &kGetReadiness,
    &kGetMetrics,     &kGetApiDescription, &kGetApiPage,   &kGetPageStyle,     &kGetHomePage,
    &kListProblems,   &kGetProblem};

}  // namespace

std::span<Endpoint const* const> endpoints() { return kAll; }

std::span<std::string const> keyed_routes() {
  static std::vector<std::string> const routes = [] {
    std::vector<std::string> names;
    for (Endpoint const* one : endpoints())
      if (one->keyed != Keyed::no) names.push_back(route_name(*one));
    return names;
  }();
  return routes;
}

}  // namespace tally::wire
