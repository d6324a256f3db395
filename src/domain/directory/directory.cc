#include "base/closed_words.h"
#include "domain/directory/answers.h"
#include "domain/directory/decide.h"
#include "domain/directory/names.h"
#include "domain/next_id.h"
#include "domain/who_counts.h"

namespace tally::domain::directory {

Facts gather(State const& state, CreateTenant const& command, Moment const&) {
  Facts facts;
  facts.exists = state.tenants.find(command.tenant) != nullptr;
  facts.plan_known = state.plans.find(command.plan) != nullptr;
  return facts;
}

Facts gather(State const& state, AddPerson const& command, Moment const& moment) {
  Facts facts;
  facts.approvers =
      approvers_of(state, directory::Commands(command), command.asked_with, moment.at);
  facts.exists = state.people.find(command.subject) != nullptr;
  facts.first = state.people.size() == 0;
  return facts;
}

Facts gather(State const& state, RemovePerson const& command, Moment const& moment) {
  Facts facts;
  facts.approvers =
      approvers_of(state, directory::Commands(command), command.asked_with, moment.at);
  if (Person const* person = state.people.find(command.subject)) facts.subject = *person;
  bool own = false, others = false;
  state.keys.each([&](KeyId, Key const& key) {
    if (administers(state, key)) (key.person == command.subject ? own : others) = true;
  });
  facts.last_admin = own && !others;
  return facts;
}

Facts gather(State const& state, SetPlan const& command, Moment const&) {
  Facts facts;
  Plan const* plan = state.plans.find(command.plan);
  facts.same = plan != nullptr && *plan == command.row;
  return facts;
}

Facts gather(State const& state, RegisterJob const& command, Moment const&) {
  Facts facts;
  run::JobKind const* job = state.jobs.find(command.job.name);
  facts.same = job != nullptr && *job == command.job;
  return facts;
}

Facts gather(State const& state, RetireJob const& command, Moment const&) {
  Facts facts;
  run::JobKind const* job = state.jobs.find(command.job);
  facts.same = job == nullptr || job->retired;
  return facts;
}

Outcome decide(Instant, CreateTenant const& command, Facts const& facts) {
  if (!is_name(command.tenant.value()))
    return invalid("/tenant", "a tenant's name has 1 to 64 of a-z, 0-9, '-', '_', '.'");
  if (facts.exists) return refuse(RefusalCode::conflict, "a tenant of this name exists");
  if (!facts.plan_known) return invalid("/plan", "no such plan");
  Tenant row;
  row.plan = command.plan;
  return one(TenantCreated{.person = command.person, .row = row, .tenant = command.tenant},
             command.tenant);
}

namespace {

std::string one_of(Person const& named) {
  return std::string(name_of(named.has(Role::admin) ? Role::admin : Role::approver));
}

// How those who would be left could not go on.
std::optional<std::string> cannot_be_spared(RemovePerson const& command, Facts const& facts) {
  Approvers const& people = *facts.approvers;
  if (facts.last_admin)
    return "nobody else has a key that may administer the server and does not expire";
  if (people.counted.size() == 1 && people.counted.contains(command.subject))
    return "nobody else counts in approvals yet";
  std::int64_t const left = people.named() - 1;
  if (left < 2 || left >= people.quorum) return std::nullopt;
  return "the " + std::to_string(left) + " who would be left are fewer than the quorum of " +
         std::to_string(people.quorum) + ": lower it first";
}

}  // namespace

Outcome decide(Instant at, AddPerson const& command, Facts const& facts) {
  if (!is_name(command.subject.value()))
    return invalid("/person", "a person's id has 1 to 64 of a-z, 0-9, '-', '_', '.'");
  if (is_reserved(command.subject.value()))
    return invalid("/person", "this name stands for the server itself: choose another");
  if (facts.exists)
    return refuse(RefusalCode::conflict,
                  "a person of this id exists or was removed; an id is given once");
  if (!all_known(command.roles, kWords<Role>))
    return invalid("/roles", "roles are " + listed(kWords<Role>));
  Person row{.added_at = at,
             .added_by = command.person,
             .counts_from = {},
             .name = command.name,
             .removed_at = {},
             .roles = command.roles};
  if (facts.first) row.counts_from = at;
  bool const named = may_approve(row);
  if (named && facts.approvers->named() >= kNamedMax)
    return refuse(RefusalCode::overloaded, "as many people as can be have the role already");
  if (named && !facts.first && !facts.approvers->approved)
    return not_alone({.approvers = *facts.approvers,
                      .person = command.person,
                      .run = {},
                      .tenant = {},
                      .what = "add " + command.subject.value() + " as " + one_of(row)});
  return one(PersonAdded{.person = command.subject, .row = std::move(row)});
}

Outcome decide(Instant at, RemovePerson const& command, Facts const& facts) {
  if (!facts.subject) return refuse(RefusalCode::not_found, "no such person");
  if (facts.subject->removed_at) return nothing();
  bool const named = may_approve(*facts.subject);
  if (named || facts.last_admin)
    if (auto why = cannot_be_spared(command, facts))
      return refuse(RefusalCode::conflict, std::move(*why));
  if (named && !facts.approvers->approved)
    return not_alone({.approvers = *facts.approvers,
                      .person = command.person,
                      .run = {},
                      .tenant = {},
                      .what = "remove " + command.subject.value()});
  Person row = *facts.subject;
  row.removed_at = at;
  return one(PersonRemoved{.by = command.person, .person = command.subject, .row = std::move(row)});
}

Outcome decide(Instant, SetPlan const& command, Facts const& facts) {
  if (!is_name(command.plan.value()))
    return invalid("/plan", "a plan's name has 1 to 64 of a-z, 0-9, '-', '_', '.'");
  if (command.row.rate &&
      (command.row.rate->requests < 0 || command.row.rate->window.value() < 1'000'000))
    return invalid("/rate", "a rate is 0 or more requests in a window of at least a second");
  if (command.row.overrun_believed_max && (*command.row.overrun_believed_max < Micros(0) ||
                                           *command.row.overrun_believed_max > kAmountMax))
    return invalid("/overrun_believed_max_usd", "an amount is from 0 to 1 billion USD");
  if (facts.same) return nothing();
  return one(PlanSet{.person = command.person, .plan = command.plan, .row = command.row});
}

Outcome decide(Instant, RegisterJob const& command, Facts const& facts) {
  if (facts.same) return nothing();
  return one(JobRegistered{.job = command.job});
}

Outcome decide(Instant, RetireJob const& command, Facts const& facts) {
  if (facts.same) return nothing();
  return one(JobRetired{.job = command.job});
}

void apply(State& state, Header const&, TenantCreated const& event) {
  state.tenants.put(event.tenant, event.row);
}
void apply(State& state, Header const&, PersonAdded const& event) {
  state.people.put(event.person, event.row);
}
void apply(State& state, Header const&, PersonRemoved const& event) {
  state.people.put(event.person, event.row);
}
void apply(State& state, Header const&, PlanSet const& event) {
  state.plans.put(event.plan, event.row);
}
void apply(State& state, Header const&, JobRegistered const& event) {
  state.jobs.put(event.job.name, event.job);
}
// The row stays: runs that were accepted before, and modes of the job, still name it.
void apply(State& state, Header const&, JobRetired const& event) {
  state.jobs.edit(event.job).retired = true;
}

}  // namespace tally::domain::directory
