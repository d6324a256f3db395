#pragma once

// The messages that go into operations and come out of them, by name alone: what declares a handler
// or an operation need not see their members.

namespace tally::wire {

struct Approval;
struct ApprovalAnswer;
struct ApprovalList;
struct ApprovalPath;
struct Budget;
struct ClaimCode;
struct ClaimRequest;
struct CompleteRequest;
struct DecisionEvidence;
struct DecisionPath;
struct DryRunAnswer;
struct ErrorEnvelope;
struct ErrorList;
struct ErrorListParameters;
struct ErrorPath;
struct EventList;
struct EventListParameters;
struct FailRequest;
struct FenceRequest;
struct GrantRequest;
struct Health;
struct HeartbeatAnswer;
struct JobList;
struct Key;
struct KeyList;
struct KeyPath;
struct KeyRequest;
struct LeaseAnswer;
struct LeasePath;
struct LeaseRequest;
struct ModeReport;
struct ModeRequest;
struct Nothing;
struct Person;
struct PersonList;
struct PersonPath;
struct PersonRequest;
struct Plan;
struct PlanList;
struct ProblemHelp;
struct ProblemHelpList;
struct ProblemPath;
struct QuorumRequest;
struct Readiness;
struct ResolutionRequest;
struct Run;
struct RunList;
struct RunListParameters;
struct RunParameters;
struct RunPath;
struct SubmitAnswer;
struct SubmitParameters;
struct SubmitRequest;
struct Tenant;
struct TenantList;
struct TenantPath;
struct TenantRequest;
struct TilePath;
struct Timeline;
struct TimelineParameters;
struct Why;
struct WhyParameters;
struct WorkAnswer;

}  // namespace tally::wire
