// Modes and approvals.

#include "api/handlers.h"
#include "views/ops_view.h"

namespace tally::api {

namespace {

// Done, or waiting for another person.
void answer_proposal(Exchange& x, ledger::Answer const& answer) {
  if (auto const* needs = std::get_if<domain::NeedsApproval>(&answer.reply))
    return x.json(
        202, wire::ApprovalAnswer{.outcome = "needs_approval", .approval_id = needs->approval});
  x.json(200, wire::ApprovalAnswer{.outcome = "done", .approval_id = {}});
}

std::optional<ApprovalId> approval_in_path(Exchange& x) {
  auto const id = parse_id<ApprovalId>(x.path.at(0));
  if (!id) x.problem("not_found", "no open approval has this id");
  return id;
}

}  // namespace

void get_mode(ExchangePtr x) {
  auto const directory = x->services.loop.directory();
  wire::ModeReport report{.mode = "normal", .scopes = {}};
  for (auto const& [scope, row] : directory->modes) {
    report.scopes.push_back(views::mode_view(scope, row));
    if (scope == domain::mode::Scope{}) report.mode = report.scopes.back().mode;
  }
  x->json(200, report);
}

void set_mode(ExchangePtr x) {
  auto const asked = x->body<wire::ModeRequest>();
  if (!asked) return;
  auto const scope = views::parse_scope(asked->scope);
  auto const mode = views::parse_mode(asked->mode);
  if (!scope || !mode) {
    return x->invalid({{"/scope", "must be everything, tenant:NAME, job:NAME, key:ID or run:ID"}});
  }
  domain::mode::Set command;
  command.mode = *mode;
  command.person = x->caller().person;
  command.reason = asked->reason;
  command.scope = *scope;
  x->post(ledger::Lane::control, domain::ModeCommand(std::move(command)), {},
          [x](ledger::Answer const& answer) { answer_proposal(*x, answer); });
}

void list_approvals(ExchangePtr x) {
  wire::ApprovalList list;
  for (auto const& [id, row] : x->services.loop.directory()->approvals)
    list.approvals.push_back(views::approval_view(id, row));
  x->json(200, list);
}

void get_approval(ExchangePtr x) {
  auto const id = approval_in_path(*x);
  if (!id) return;
  auto const directory = x->services.loop.directory();
  auto const at = directory->approvals.find(*id);
  if (at == directory->approvals.end())
    return x->problem("not_found", "no open approval has this id");
  x->json(200, views::approval_view(*id, at->second));
}

// Granted when the event says so; until then it needs more people.
void sign_approval(ExchangePtr x) {
  auto const id = approval_in_path(*x);
  if (!id) return;
  domain::approval::Sign const command{.approval = *id, .person = x->caller().person};
  x->post(ledger::Lane::control, domain::ApprovalCommand(command), {},
          [x, id = *id](ledger::Answer const&) {
            bool const open = x->services.loop.directory()->approvals.contains(id);
            x->json(open ? 202 : 200,
                    wire::ApprovalAnswer{.outcome = open ? "needs_approval" : "done",
                                         .approval_id = id});
          });
}

void resolve_run(ExchangePtr x) {
  auto const run = parse_id<RunId>(x->path.at(0));
  if (!run) return x->problem("not_found", "no such run");
  auto const asked = x->body<wire::ResolutionRequest>();
  if (!asked) return;
  domain::run::ProposeResolution command;
  command.charge = asked->charge_usd;
  command.person = x->caller().person;
  command.reason = asked->reason;
  command.run = *run;
  x->post(ledger::Lane::control, domain::RunCommand(std::move(command)), {},
          [x](ledger::Answer const& answer) { answer_proposal(*x, answer); });
}

}  // namespace tally::api
