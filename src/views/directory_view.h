#pragma once

// Who and what exists, as an administrator sees it.

#include "domain/directory/rows.h"
#include "domain/run/job_kind.h"
#include "wire/admin_messages.h"

namespace tally::views {

wire::Person person_view(PersonId const& id, domain::directory::Person const& person);
// Without the token, which nobody can know any more.
wire::Key key_view(KeyId id, domain::directory::Key const& key);
wire::Plan plan_view(PlanName const& name, domain::directory::Plan const& plan);
wire::Job job_view(domain::run::JobKind const& job);

}  // namespace tally::views
