#pragma once

// One function for each route, grouped by the files that hold them.

#include "api/exchange.h"

namespace tally::api {

// run_handlers.cc, submit_handler.cc
void submit_run(ExchangePtr x);
void get_run(ExchangePtr x);
void list_runs(ExchangePtr x);
void cancel_run(ExchangePtr x);
void get_result(ExchangePtr x);

// budget_handlers.cc
void get_budget(ExchangePtr x);
void get_tenant_budget(ExchangePtr x);
void grant_budget(ExchangePtr x);

// work_handlers.cc, lease_handler.cc
void lease_work(ExchangePtr x);
void start_work(ExchangePtr x);
void heartbeat_work(ExchangePtr x);
void complete_work(ExchangePtr x);
void fail_work(ExchangePtr x);

// admin_handlers.cc
void create_tenant(ExchangePtr x);
void list_tenants(ExchangePtr x);
void add_person(ExchangePtr x);
void list_people(ExchangePtr x);
void remove_person(ExchangePtr x);
void set_quorum(ExchangePtr x);
void set_plan(ExchangePtr x);
void list_plans(ExchangePtr x);
void list_jobs(ExchangePtr x);

// key_handlers.cc
void create_key(ExchangePtr x);
void show_claim_code(ExchangePtr x);
void claim_key(ExchangePtr x);
void list_keys(ExchangePtr x);
void revoke_key(ExchangePtr x);

// ops_handlers.cc
void get_mode(ExchangePtr x);
void set_mode(ExchangePtr x);
void list_approvals(ExchangePtr x);
void get_approval(ExchangePtr x);
void sign_approval(ExchangePtr x);
void withdraw_approval(ExchangePtr x);
void resolve_run(ExchangePtr x);

// evidence_handlers.cc
void get_decision(ExchangePtr x);
void list_events(ExchangePtr x);
void get_timeline(ExchangePtr x);

// why_handler.cc
void get_why(ExchangePtr x);

// error_handlers.cc
void list_errors(ExchangePtr x);
void get_error(ExchangePtr x);

// ledger_handlers.cc
void get_checkpoint(ExchangePtr x);
void get_hash_tile(ExchangePtr x);
void get_entry_bundle(ExchangePtr x);

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
void get_problem_page(ExchangePtr x);

}  // namespace tally::api
