// Tenants, people, keys, plans, job kinds.

#include "api/handlers.h"
#include "views/directory_view.h"

namespace tally::api {

namespace {

template <class E>
E const* directory_event(ledger::Answer const& answer) {
  if (!answer.entry) return nullptr;
  auto const* group = std::get_if<domain::DirectoryEvent>(&answer.entry->recorded.event);
  return group ? std::get_if<E>(group) : nullptr;
}

void post(ExchangePtr const& x, domain::DirectoryCommand command,
          std::function<void(ledger::Answer)> done) {
  x->post(ledger::Lane::control, std::move(command), {}, std::move(done));
}

}  // namespace

void create_tenant(ExchangePtr x) {
  auto const asked = x->body<wire::TenantRequest>();
  if (!asked) return;
  domain::directory::CreateTenant command;
  command.person = x->caller().person;
  command.plan = asked->plan;
  command.tenant = asked->tenant;
  post(x, std::move(command), [x, asked = *asked](ledger::Answer const&) {
    x->json(201, wire::Tenant{.tenant = asked.tenant, .plan = asked.plan});
  });
}

void list_tenants(ExchangePtr x) {
  wire::TenantList list;
  for (auto const& [tenant, plan] : x->services.loop.directory()->tenants)
    list.tenants.push_back({.tenant = tenant, .plan = plan});
  x->json(200, list);
}

void add_person(ExchangePtr x) {
  auto const asked = x->body<wire::PersonRequest>();
  if (!asked) return;
  domain::directory::AddPerson command;
  command.name = asked->name;
  command.person = x->caller().person;
  command.roles = {asked->roles.begin(), asked->roles.end()};
  command.subject = asked->person;
  post(x, std::move(command), [x, subject = asked->person](ledger::Answer const& answer) {
    auto const* event = directory_event<domain::directory::PersonAdded>(answer);
    if (!event) return x->broken("a directory decision left no event");
    x->json(201, views::person_view(subject, event->row));
  });
}

void list_people(ExchangePtr x) {
  wire::PersonList list;
  for (auto const& [id, person] : x->services.loop.directory()->people)
    list.people.push_back(views::person_view(id, person));
  x->json(200, list);
}

void create_key(ExchangePtr x) {
  auto const asked = x->body<wire::KeyRequest>();
  if (!asked) return;
  if (asked->owner && !x->services.loop.directory()->people.contains(*asked->owner))
    return x->invalid({{"/owner", "must be a registered person; see /v1/admin/people"}});
  // Only the digest is recorded; the token leaves in this answer and nowhere else.
  std::string const token = fresh_token(x->services.entropy);
  domain::directory::CreateKey command;
  command.expires_at = asked->expires_at;
  command.owner = asked->owner.value_or(x->caller().person);
  command.person = x->caller().person;
  command.scopes = {asked->scopes.begin(), asked->scopes.end()};
  command.secret_sha256 = sha256(as_bytes(token));
  command.tenant = asked->tenant;
  post(x, std::move(command), [x, token](ledger::Answer const& answer) {
    auto const* event = directory_event<domain::directory::KeyCreated>(answer);
    if (!event) return x->broken("a directory decision left no event");
    auto view = views::key_view(event->key, event->row);
    view.token = token;
    x->json(201, view);
  });
}

void list_keys(ExchangePtr x) {
  wire::KeyList list;
  for (auto const& [digest, entry] : x->services.loop.directory()->keys)
    list.keys.push_back(views::key_view(entry.id, entry.key));
  x->json(200, list);
}

void revoke_key(ExchangePtr x) {
  auto const id = parse_id<KeyId>(x->path.at(0));
  if (!id) return x->problem("not_found", "no such key");
  domain::directory::RevokeKey command;
  command.key = *id;
  command.person = x->caller().person;
  post(x, std::move(command), [x, id = *id](ledger::Answer const&) {
    for (auto const& [digest, entry] : x->services.loop.directory()->keys) {
      if (entry.id == id) return x->json(200, views::key_view(id, entry.key));
    }
    x->problem("not_found", "no such key");
  });
}

void set_plan(ExchangePtr x) {
  auto const asked = x->body<wire::Plan>();
  if (!asked) return;
  domain::directory::SetPlan command;
  command.person = x->caller().person;
  command.plan = asked->plan;
  if (asked->rate) {
    command.row.rate = domain::directory::Rate{.requests = asked->rate->requests,
                                               .window = seconds(asked->rate->window_s)};
  }
  post(x, std::move(command), [x, asked = *asked](ledger::Answer const&) { x->json(200, asked); });
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

}  // namespace tally::api
