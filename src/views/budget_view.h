#pragma once

// A tenant's budget as its members see it.

#include "domain/event.h"
#include "wire/budget_messages.h"

namespace tally::views {

wire::Budget budget_view(TenantId const& id, domain::directory::Tenant const& tenant);
// As a grant left it: the first answer and every repetition come from the same event. None when the
// event is no budget.granted with its snapshot.
std::optional<wire::Budget> granted_view(TenantId const& id, domain::Recorded const& recorded);

}  // namespace tally::views
