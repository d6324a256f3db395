#pragma once

// All operations of the API. To add one: declare it here, describe it in the endpoints_*.cc of its
// group, give it its handler in api/*_handlers.cc.

#include "wire/endpoint.h"
#include "wire/message_names.h"

namespace tally::wire {

// Runs and work: endpoints_runs.cc
extern Operation<SubmitParameters, SubmitRequest, SubmitAnswer> const kSubmitRun;
extern Operation<RunListParameters, Nothing, RunList> const kListRuns;
extern Operation<RunParameters, Nothing, Run> const kGetRun;
extern Operation<RunPath, Nothing, Run> const kCancelRun;
extern Operation<RunPath, Nothing, Nothing> const kGetRunResult;
extern Operation<Nothing, Nothing, JobList> const kListJobs;
extern Operation<Nothing, LeaseRequest, LeaseAnswer> const kLeaseWork;
extern Operation<LeasePath, FenceRequest, WorkAnswer> const kStartWork;
extern Operation<LeasePath, FenceRequest, HeartbeatAnswer> const kSendHeartbeat;
extern Operation<LeasePath, CompleteRequest, WorkAnswer> const kCompleteWork;
extern Operation<LeasePath, FailRequest, WorkAnswer> const kFailWork;

// Budgets and administration: endpoints_admin.cc
extern Operation<Nothing, Nothing, Budget> const kGetBudget;
extern Operation<TenantPath, GrantRequest, Budget> const kGrantBudget;
extern Operation<TenantPath, GrantRequest, Budget> const kWithdrawCredits;
extern Operation<TenantPath, Nothing, Budget> const kGetTenantBudget;
extern Operation<Nothing, TenantRequest, Tenant> const kCreateTenant;
extern Operation<Nothing, Nothing, TenantList> const kListTenants;
extern Operation<Nothing, PersonRequest, Person> const kAddPerson;
extern Operation<PersonPath, Nothing, ApprovalAnswer> const kRemovePerson;
extern Operation<Nothing, Nothing, PersonList> const kListPeople;
extern Operation<Nothing, KeyRequest, Key> const kCreateKey;
extern Operation<KeyPath, Nothing, ClaimCode> const kShowClaimCode;
extern Operation<Nothing, ClaimRequest, Key> const kClaimKey;
extern Operation<Nothing, Nothing, KeyList> const kListKeys;
extern Operation<KeyPath, Nothing, Key> const kRevokeKey;
extern Operation<Nothing, Plan, Plan> const kSetPlan;
extern Operation<Nothing, Nothing, PlanList> const kListPlans;

// Modes and approvals: endpoints_operation.cc
extern Operation<Nothing, QuorumRequest, ApprovalAnswer> const kSetQuorum;
extern Operation<RunPath, ResolutionRequest, ApprovalAnswer> const kResolveRun;
extern Operation<Nothing, Nothing, ModeReport> const kGetMode;
extern Operation<Nothing, ModeRequest, ApprovalAnswer> const kSetMode;
extern Operation<Nothing, Nothing, ApprovalList> const kListApprovals;
extern Operation<ApprovalPath, Nothing, Approval> const kGetApproval;
extern Operation<ApprovalPath, Nothing, ApprovalAnswer> const kSignApproval;
extern Operation<ApprovalPath, Nothing, ApprovalAnswer> const kWithdrawApproval;

// Evidence: endpoints_evidence.cc
extern Operation<DecisionPath, Nothing, DecisionEvidence> const kGetDecision;
extern Operation<WhyParameters, Nothing, Why> const kGetExplanation;
extern Operation<EventListParameters, Nothing, EventList> const kListEvents;
extern Operation<TimelineParameters, Nothing, Timeline> const kGetTimeline;
extern Operation<ErrorListParameters, Nothing, ErrorList> const kListErrors;
extern Operation<ErrorPath, Nothing, ErrorEnvelope> const kGetError;
extern Operation<Nothing, Nothing, Nothing> const kGetCheckpoint;
extern Operation<TilePath, Nothing, Nothing> const kGetEntryBundle;
extern Operation<TilePath, Nothing, Nothing> const kGetHashTile;

// The server itself: endpoints_server.cc
extern Operation<Nothing, Nothing, Health> const kGetHealth;
extern Operation<Nothing, Nothing, Readiness> const kGetReadiness;
extern Operation<Nothing, Nothing, Nothing> const kGetMetrics;
extern Operation<Nothing, Nothing, Nothing> const kGetApiDescription;
extern Operation<Nothing, Nothing, Nothing> const kGetApiPage;
extern Operation<Nothing, Nothing, Nothing> const kGetPageStyle;
extern Operation<Nothing, Nothing, Nothing> const kGetHomePage;
extern Operation<Nothing, Nothing, Nothing> const kListProblems;
extern Operation<ProblemPath, Nothing, Nothing> const kGetProblem;

// Those of each endpoints_*.cc.
std::span<Endpoint const* const> runs_endpoints();
std::span<Endpoint const* const> admin_endpoints();
std::span<Endpoint const* const> operation_endpoints();
std::span<Endpoint const* const> evidence_endpoints();
std::span<Endpoint const* const> server_endpoints();

// Each of them once, in the order above.
std::span<Endpoint const* const> endpoints();
// Those that an idempotency key may name, by route_name, the submit first.
std::span<std::string const> keyed_routes();

}  // namespace tally::wire
