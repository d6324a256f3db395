// Modes and approvals.

#include <fmt/format.h>

#include "api/decided.h"
#include "api/handlers.h"
#include "api/known_names.h"
#include "api/people.h"
#include "api/route_of.h"
#include "views/ops_view.h"
#include "wire/endpoints.h"
#include "wire/parameter_messages.h"

namespace tally::api {

namespace {

bool is_of(Exchange const& x, RunId run) {
  auto const row = x.services.reader.run(run);
  return row && row->tenant == x.caller().tenant;
}

bool may_see(Exchange const& x, domain::mode::Scope const& scope) {
  if (x.caller().may(KeyScope::ops_read)) return true;
  using enum domain::mode::ScopeKind;
  switch (scope.kind) {
    case everything:
    case job:
      return true;
    case tenant:
      return scope.id == x.caller().tenant.value();
    case key:
      return scope.id == to_text(x.caller().key);
    case run: {
      auto const id = parse_id<RunId>(scope.id);
      return id && is_of(x, *id);
    }
  }
  return false;
}

// The name is the caller's own text, which no message repeats; what there is may be said.
std::string no_such_scope(ledger::Directory const& directory, domain::mode::ScopeKind kind) {
  switch (kind) {
    case domain::mode::ScopeKind::everything:
      break;
    case domain::mode::ScopeKind::tenant:
      return "no tenant has this name" + there_are(directory.tenants);
    case domain::mode::ScopeKind::job:
      return "no job kind has this name" + there_are(directory.jobs);
    case domain::mode::ScopeKind::key:
      return "no key has this id; GET /v1/admin/keys lists them";
    case domain::mode::ScopeKind::run:
      return "no run has this id, or it ended long ago: there is nothing left to stop";
  }
  return "no such scope";
}

void answer_mode(Exchange& x) {
  auto const directory = x.services.loop.directory();
  wire::ModeReport report{.mode = "normal", .scopes = {}};
  for (auto const& [scope, row] : directory->modes) {
    if (!may_see(x, scope)) continue;
    report.scopes.push_back(views::mode_view(scope, row, x.services.loop.now()));
    if (scope == domain::mode::Scope{}) report.mode = report.scopes.back().mode;
  }
  x.json(200, report);
}

// What is above the run's hold, where that is more than the caller meant. A hold never changes.
std::optional<std::string> beyond_the_hold(Exchange const& x, RunId run,
                                           wire::ResolutionRequest const& asked) {
  auto const row = x.services.reader.run(run);
  if (!row || !asked.above_hold_max_usd) return std::nullopt;
  Micros const hold = row->hold.amount;
  Micros const above = asked.charge_usd - hold;
  if (above <= *asked.above_hold_max_usd) return std::nullopt;
  return fmt::format(
      "{} USD are {} above the run's hold of {}: the budget of tenant {} pays that, "
      "and owes what it cannot pay",
      format_usd(asked.charge_usd), format_usd(above), format_usd(hold), row->tenant.value());
}

// A key that submits or reads runs sees what can stop it, and nothing of other tenants: whose a run
// is, the ledger says.
void get_mode(ExchangePtr x) {
  if (x->caller().may(KeyScope::ops_read)) return answer_mode(*x);
  x->later(TaskLane::read, [x] { answer_mode(*x); });
}

void set_mode(ExchangePtr x, wire::ModeRequest const& asked) {
  auto const scope = views::parse_scope(asked.scope);
  auto const mode = parse_word<Mode>(asked.mode);
  if (!scope || !mode) {
    return x->invalid({{"/scope", "must be everything, tenant:NAME, job:NAME, key:ID or run:ID"}});
  }
  domain::mode::Set command;
  command.asked_with = x->caller().key;
  command.mode = *mode;
  command.person = x->caller().person;
  command.reason = asked.reason;
  command.scope = *scope;
  x->post(
      ledger::Lane::control, domain::mode::Commands(std::move(command)), {},
      [x](ledger::Answer const& answer) { answer_proposal(*x, answer); },
      [x, kind = scope->kind](domain::Refusal const& refusal) {
        if (refusal.code != domain::RefusalCode::not_found) return x->refuse(refusal);
        x->problem("not_found", no_such_scope(*x->services.loop.directory(), kind));
      });
}

void list_approvals(ExchangePtr x) {
  auto const directory = x->services.loop.directory();
  auto list = approvers_view(x->services);
  for (auto const& [id, row] : directory->approvals)
    list.approvals.push_back(views::approval_view(id, row));
  x->json(200, list);
}

void get_approval(ExchangePtr x, wire::ApprovalPath const& asked) {
  auto const directory = x->services.loop.directory();
  auto const at = directory->approvals.find(asked.id);
  if (at == directory->approvals.end())
    return x->problem("not_found", "no open approval has this id");
  x->json(200, views::approval_view(asked.id, at->second));
}

// Done when the quorum is complete, and what was approved with it; until then it needs more people.
void sign_approval(ExchangePtr x, wire::ApprovalPath const& asked) {
  domain::approval::Sign const command{
      .approval = asked.id, .asked_with = x->caller().key, .person = x->caller().person};
  x->post(ledger::Lane::control, domain::approval::Commands(command), {},
          [x, id = asked.id](ledger::Answer const& answer) { answer_proposal(*x, answer, id); });
}

void withdraw_approval(ExchangePtr x, wire::ApprovalPath const& asked) {
  domain::approval::Withdraw const command{.approval = asked.id, .person = x->caller().person};
  x->post(ledger::Lane::control, domain::approval::Commands(command), {},
          [x, id = asked.id](ledger::Answer const&) {
            x->json(200, wire::ApprovalAnswer{
                             .outcome = "done", .approval_id = id, .what = {}, .receipt = {}});
          });
}

void resolve_run(ExchangePtr x, wire::RunPath const& at, wire::ResolutionRequest const& asked) {
  domain::run::ProposeResolution command;
  command.asked_with = x->caller().key;
  command.charge = asked.charge_usd;
  command.person = x->caller().person;
  command.reason = asked.reason;
  command.run = at.id;
  auto const propose = [x, command] {
    x->post(ledger::Lane::control, domain::run::Commands(command), {},
            [x](ledger::Answer const& answer) { answer_proposal(*x, answer); });
  };
  if (!asked.above_hold_max_usd) return propose();
  x->later(TaskLane::read, [x, asked, run = at.id, propose] {
    if (auto above = beyond_the_hold(*x, run, asked))
      return x->invalid({{std::string(wire::kAboveHoldPointer), std::move(*above)}});
    propose();
  });
}

}  // namespace

std::vector<Route> ops_routes() {
  return {
      route<wire::kResolveRun, resolve_run>(RateClass::control),
      route<wire::kGetMode, get_mode>(RateClass::read),
      route<wire::kSetMode, set_mode>(RateClass::control),
      route<wire::kListApprovals, list_approvals>(RateClass::read),
      route<wire::kGetApproval, get_approval>(RateClass::read),
      route<wire::kSignApproval, sign_approval>(RateClass::control),
      route<wire::kWithdrawApproval, withdraw_approval>(RateClass::control),
  };
}

}  // namespace tally::api
