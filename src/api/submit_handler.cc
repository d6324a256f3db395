// POST /v1/runs: one durable "yes" or "no" for each idempotency key.

#include "api/handlers.h"
#include "api/route_of.h"
#include "views/submit_view.h"
#include "wire/endpoints.h"
#include "wire/parameter_messages.h"

namespace tally::api {

namespace {

struct Submission {
  wire::SubmitRequest asked;
  bool dry_run = false;
};

void answer_decided(Exchange& x, ledger::Entry const& entry) {
  views::RequestContext const asked{.correlation = x.trace.id, .replay = x.replayed()};
  ports::HttpHeaders extra;
  if (auto const view = views::submit_view(entry.recorded, entry.leaf_hash, asked)) {
    extra.emplace_back("location", view->links.self_path);
    extra.emplace_back("retry-after", "1");
    return x.json(202, *view, std::move(extra));
  }
  if (auto problem = views::refused_view(entry.recorded, entry.leaf_hash, asked, x.types))
    return x.problem(std::move(*problem), std::move(extra));
  x.broken("an idempotency key leads to an event that answers nothing");
}

// A job kind that is known and takes no runs is named, with why; a name that nobody knows is the
// caller's own text, which no message repeats.
wire::Problem problem_of(Exchange const& x, JobName const& job, domain::Refusal const& refusal) {
  auto problem = x.problem_of(refusal);
  auto const& absent = x.services.options.absent_jobs;
  auto const at = absent.find(job);
  if (refusal.code != domain::RefusalCode::unknown_job || at == absent.end()) return problem;
  problem.detail = "job kind " + job.value() + " takes no runs: " + at->second;
  problem.errors = {{refusal.pointer, problem.detail}};
  return problem;
}

void answer_dry_run(Exchange& x, JobName const& job, domain::DryRun const& dry) {
  wire::DryRunAnswer view;
  view.would_accept = !dry.refusal.has_value();
  if (dry.refusal) view.refusal = problem_of(x, job, *dry.refusal);
  view.budget = views::balance_view(dry.balances);
  view.correlation_id = x.trace.id;
  x.json(200, view);
}

void answer(ExchangePtr const& x, JobName const& job, ledger::Answer const& outcome) {
  if (auto const* dry = std::get_if<domain::DryRun>(&outcome.reply))
    return answer_dry_run(*x, job, *dry);
  if (outcome.entry) return answer_decided(*x, *outcome.entry);
  x->broken("a submit left neither event nor refusal");
}

void decide(ExchangePtr const& x, Submission submission) {
  auto const& tenant = x->caller().tenant;
  auto& payloads = x->services.payloads;
  // A dry run consumes no key, so it needs none; a random one stands in.
  std::string const subject =
      x->idempotency_key ? *x->idempotency_key : to_text(fresh_span(x->services.entropy));
  auto sealed = payloads.seal(tenant, "input", subject, json::canonical(submission.asked.input));
  if (!sealed) return x->storage_failed(sealed.error());
  domain::run::Submit command;
  command.dry_run = submission.dry_run;
  command.input = std::move(sealed->enclosure);
  command.job = submission.asked.job;
  command.key = x->caller().key;
  command.labels = std::move(submission.asked.labels);
  command.max_cost = submission.asked.max_cost_usd;
  command.parent = submission.asked.parent_run_id;
  command.tenant = tenant;
  if (submission.asked.timeout_s) command.timeout = seconds(*submission.asked.timeout_s);
  JobName const job = submission.asked.job;
  x->post(
      ledger::Lane::start, domain::run::Commands(std::move(command)),
      std::move(sealed->inline_bytes),
      [x, job](ledger::Answer const& outcome) { answer(x, job, outcome); },
      [x, job](domain::Refusal const& refusal) {
        bool const unknown = refusal.code == domain::RefusalCode::unknown_job;
        return unknown ? x->problem(problem_of(*x, job, refusal)) : x->refuse(refusal);
      });
}

void submit_run(ExchangePtr x, wire::SubmitParameters const& at, wire::SubmitRequest asked) {
  Submission submission{.asked = std::move(asked), .dry_run = at.dry_run};
  bool const may_block = x->request.body.size() > kInlineBytesMax;
  if (!may_block) return decide(x, std::move(submission));
  x->later(TaskLane::intake,
           [x, submission = std::move(submission)]() mutable { decide(x, std::move(submission)); });
}

}  // namespace

std::vector<Route> submit_routes() {
  return {
      route<wire::kSubmitRun, submit_run>(RateClass::submit),
  };
}

}  // namespace tally::api
