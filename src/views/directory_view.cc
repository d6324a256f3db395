#include "views/directory_view.h"

namespace tally::views {

wire::Person person_view(PersonId const& id, domain::directory::Person const& person,
                         std::span<domain::directory::Key const* const> keys, Instant now) {
  return {.person = id,
          .name = person.name,
          .roles = {person.roles.begin(), person.roles.end()},
          .added_by = person.added_by,
          .added_at = person.added_at,
          .counts_from = domain::counts_from(person, keys, now),
          .removed_at = person.removed_at};
}

wire::Key key_view(KeyId id, domain::directory::Key const& key,
                   domain::directory::Person const& owner, Instant now) {
  bool const has_a_say = domain::may_approve(owner) && domain::may_sign(key);
  return {.key_id = id,
          .tenant = key.tenant,
          .owner = key.person,
          .scopes = {key.scopes.begin(), key.scopes.end()},
          .state = std::string(name_of(domain::life_of(key, owner, now))),
          .revoked = key.revoked,
          .expires_at = key.expires_at,
          .token = {},
          .claim_code = {},
          .claim_expires_at = key.claim ? std::optional(key.claim->expires_at) : std::nullopt,
          .counts_from = has_a_say ? key.counts_from : std::nullopt,
          .note = {}};
}

wire::Plan plan_view(PlanName const& name, domain::directory::Plan const& plan) {
  wire::Plan view;
  view.plan = name;
  view.overrun = name_of(plan.overrun);
  view.overrun_believed_max_usd = plan.overrun_believed_max;
  if (plan.rate) {
    view.rate = {.requests = plan.rate->requests,
                 .window_s = plan.rate->window.value() / 1'000'000};
  }
  return view;
}

wire::Job job_view(domain::run::JobKind const& job) {
  return {.job = job.name,
          .version = job.version,
          .hash = job.hash,
          .runner = std::string(name_of(job.runner)),
          .timeout_s = job.timeout.value() / 1'000'000,
          .attempts_max = job.attempts_max,
          .deterministic = job.deterministic,
          .price_reported = job.price.reported,
          .price_fixed_usd = job.price.fixed,
          .price_per_second_usd = job.price.per_second};
}

}  // namespace tally::views
