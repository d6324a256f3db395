// Tenants, people, plans, job kinds, the quorum.

#include "api/decided.h"
#include "api/handlers.h"
#include "api/known_names.h"
#include "api/people.h"
#include "api/route_of.h"
#include "views/directory_view.h"
#include "wire/endpoints.h"
#include "wire/parameter_messages.h"

namespace tally::api {

namespace {

// One of the words that the schema allows.
domain::OverrunRule overrun_rule(std::string_view word) {
  domain::OverrunRule found = domain::OverrunRule::count;
  for (domain::OverrunRule rule : domain::all_of(domain::OverrunRule{}))
    if (name_of(rule) == word) found = rule;
  return found;
}

void post(ExchangePtr const& x, domain::directory::Commands command,
          std::function<void(ledger::Answer)> done) {
  x->post(ledger::Lane::control, std::move(command), {}, std::move(done));
}

void create_tenant(ExchangePtr x, wire::TenantRequest const& asked) {
  domain::directory::CreateTenant command;
  command.person = x->caller().person;
  command.plan = asked.plan;
  command.tenant = asked.tenant;
  x->post(
      ledger::Lane::control, domain::directory::Commands(std::move(command)), {},
      [x, asked](ledger::Answer const&) {
        x->json(201, wire::Tenant{.tenant = asked.tenant, .plan = asked.plan});
      },
      [x](domain::Refusal const& refusal) {
        if (refusal.pointer != "/plan") return x->refuse(refusal);
        auto const directory = x->services.loop.directory();
        x->invalid({{refusal.pointer, "no rate plan has this name" + there_are(directory->plans)}});
      });
}

void list_tenants(ExchangePtr x) {
  wire::TenantList list;
  for (auto const& [tenant, plan] : x->services.loop.directory()->tenants)
    list.tenants.push_back({.tenant = tenant, .plan = plan});
  x->json(200, list);
}

void add_person(ExchangePtr x, wire::PersonRequest const& asked) {
  domain::directory::AddPerson command;
  command.asked_with = x->caller().key;
  command.name = asked.name;
  command.person = x->caller().person;
  command.roles = {asked.roles.begin(), asked.roles.end()};
  command.subject = asked.person;
  post(x, std::move(command), [x, subject = asked.person](ledger::Answer const& answer) {
    if (answer_if_proposed(*x, answer)) return;
    auto const* event =
        decided_event<domain::directory::Events, domain::directory::PersonAdded>(answer);
    if (!event) return x->broken("a directory decision left no event");
    x->json(201, views::person_view(subject, event->row, {}, x->services.loop.now()));
  });
}

void remove_person(ExchangePtr x, wire::PersonPath const& asked) {
  domain::directory::RemovePerson command;
  command.asked_with = x->caller().key;
  command.person = x->caller().person;
  command.subject = asked.person;
  post(x, std::move(command), [x](ledger::Answer const& answer) { answer_proposal(*x, answer); });
}

void set_quorum(ExchangePtr x, wire::QuorumRequest const& asked) {
  domain::system::ChangeSettings command;
  command.asked_with = x->caller().key;
  command.person = x->caller().person;
  command.reason = asked.reason;
  command.values = {{.name = std::string(domain::setting::kQuorum.name), .value = asked.quorum}};
  x->post(ledger::Lane::control, domain::system::Commands(std::move(command)), {},
          [x](ledger::Answer const& answer) { answer_proposal(*x, answer); });
}

void list_people(ExchangePtr x) {
  wire::PersonList list;
  auto const directory = x->services.loop.directory();
  auto const keys = keys_by_person(*directory);
  for (auto const& [id, person] : directory->people)
    list.people.push_back(
        views::person_view(id, person, domain::keys_of(keys, id), x->services.loop.now()));
  x->json(200, list);
}

void set_plan(ExchangePtr x, wire::Plan const& asked) {
  domain::directory::SetPlan command;
  command.person = x->caller().person;
  command.plan = asked.plan;
  command.row.overrun = overrun_rule(asked.overrun);
  command.row.overrun_believed_max = asked.overrun_believed_max_usd;
  if (asked.rate) {
    command.row.rate = domain::directory::Rate{.requests = asked.rate->requests,
                                               .window = seconds(asked.rate->window_s)};
  }
  post(x, std::move(command), [x, asked](ledger::Answer const&) { x->json(200, asked); });
}

void list_plans(ExchangePtr x) {
  wire::PlanList list;
  for (auto const& [name, plan] : x->services.loop.directory()->plans)
    list.plans.push_back(views::plan_view(name, plan));
  x->json(200, list);
}

void list_jobs(ExchangePtr x) {
  wire::JobList list;
  for (auto const& [name, job] : x->services.loop.directory()->jobs)
    list.jobs.push_back(views::job_view(job));
  x->json(200, list);
}

}  // namespace

std::vector<Route> admin_routes() {
  return {
      route<wire::kListJobs, list_jobs>(RateClass::read),
      route<wire::kCreateTenant, create_tenant>(RateClass::control),
      route<wire::kListTenants, list_tenants>(RateClass::read),
      route<wire::kAddPerson, add_person>(RateClass::control),
      route<wire::kRemovePerson, remove_person>(RateClass::control),
      route<wire::kListPeople, list_people>(RateClass::read),
      route<wire::kSetPlan, set_plan>(RateClass::control),
      route<wire::kListPlans, list_plans>(RateClass::read),
      route<wire::kSetQuorum, set_quorum>(RateClass::control),
  };
}

}  // namespace tally::api
