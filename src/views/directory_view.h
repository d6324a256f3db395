#pragma once

// Who and what exists, as an administrator sees it.

#include "domain/directory/rows.h"
#include "domain/run/job_kind.h"
#include "domain/who_counts.h"
#include "wire/admin_messages.h"

namespace tally::views {

// `keys` are theirs.
wire::Person person_view(PersonId const& id, domain::directory::Person const& person,
                         std::span<domain::directory::Key const* const> keys, Instant now);
// Without the token, which nobody can know any more.
wire::Key key_view(KeyId id, domain::directory::Key const& key,
                   domain::directory::Person const& owner, Instant now);
wire::Plan plan_view(PlanName const& name, domain::directory::Plan const& plan);
wire::Job job_view(domain::run::JobKind const& job);

}  // namespace tally::views
