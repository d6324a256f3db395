#pragma once

// One function for each operation, grouped by the files that hold them. What an operation takes
// comes read and within its bounds: what stands in path and query, then the body.

#include "api/exchange.h"
#include "wire/message_names.h"

namespace tally::api {

// run_handlers.cc, submit_handler.cc
void submit_run(ExchangePtr x, wire::SubmitParameters const& at, wire::SubmitRequest asked);
void get_run(ExchangePtr x, wire::RunParameters const& asked);
void list_runs(ExchangePtr x, wire::RunListParameters const& asked);
void cancel_run(ExchangePtr x, wire::RunPath const& asked);
void get_result(ExchangePtr x, wire::RunPath const& asked);

// budget_handlers.cc
void get_budget(ExchangePtr x);
void get_tenant_budget(ExchangePtr x, wire::TenantPath const& asked);
void grant_budget(ExchangePtr x, wire::TenantPath const& at, wire::GrantRequest const& asked);

// work_handlers.cc, lease_handler.cc
void lease_work(ExchangePtr x, wire::LeaseRequest asked);
void start_work(ExchangePtr x, wire::LeasePath const& at, wire::FenceRequest const& asked);
void heartbeat_work(ExchangePtr x, wire::LeasePath const& at, wire::FenceRequest const& asked);
void complete_work(ExchangePtr x, wire::LeasePath const& at, wire::CompleteRequest asked);
void fail_work(ExchangePtr x, wire::LeasePath const& at, wire::FailRequest const& asked);

// admin_handlers.cc
void create_tenant(ExchangePtr x, wire::TenantRequest const& asked);
void list_tenants(ExchangePtr x);
void add_person(ExchangePtr x, wire::PersonRequest const& asked);
void list_people(ExchangePtr x);
void remove_person(ExchangePtr x, wire::PersonPath const& asked);
void set_quorum(ExchangePtr x, wire::QuorumRequest const& asked);
void set_plan(ExchangePtr x, wire::Plan const& asked);
void list_plans(ExchangePtr x);
void list_jobs(ExchangePtr x);

// key_handlers.cc
void create_key(ExchangePtr x, wire::KeyRequest const& asked);
void show_claim_code(ExchangePtr x, wire::KeyPath const& asked);
void claim_key(ExchangePtr x, wire::ClaimRequest const& asked);
void list_keys(ExchangePtr x);
void revoke_key(ExchangePtr x, wire::KeyPath const& asked);

// ops_handlers.cc
void get_mode(ExchangePtr x);
void set_mode(ExchangePtr x, wire::ModeRequest const& asked);
void list_approvals(ExchangePtr x);
void get_approval(ExchangePtr x, wire::ApprovalPath const& asked);
void sign_approval(ExchangePtr x, wire::ApprovalPath const& asked);
void withdraw_approval(ExchangePtr x, wire::ApprovalPath const& asked);
void resolve_run(ExchangePtr x, wire::RunPath const& at, wire::ResolutionRequest const& asked);

// evidence_handlers.cc
void get_decision(ExchangePtr x, wire::DecisionPath const& asked);
void list_events(ExchangePtr x, wire::EventListParameters const& asked);
void get_timeline(ExchangePtr x, wire::TimelineParameters const& asked);

// why_handler.cc
void get_why(ExchangePtr x, wire::WhyParameters const& asked);

// error_handlers.cc
void list_errors(ExchangePtr x, wire::ErrorListParameters const& asked);
void get_error(ExchangePtr x, wire::ErrorPath const& asked);

// ledger_handlers.cc
void get_checkpoint(ExchangePtr x);
void get_hash_tile(ExchangePtr x, wire::TilePath const& asked);
void get_entry_bundle(ExchangePtr x, wire::TilePath const& asked);

// health_handlers.cc
void get_health(ExchangePtr x);
void get_readiness(ExchangePtr x);
void get_metrics(ExchangePtr x);

// docs_handlers.cc
void get_openapi(ExchangePtr x);
void get_home(ExchangePtr x);
void get_docs(ExchangePtr x);
void get_docs_style(ExchangePtr x);
void list_problem_pages(ExchangePtr x);
void get_problem_page(ExchangePtr x, wire::ProblemPath const& asked);

}  // namespace tally::api
