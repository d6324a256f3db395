#pragma once

// A tenant's budget as its members see it.

#include "domain/event.h"
#include "wire/budget_messages.h"

namespace tally::views {

wire::Budget budget_view(TenantId const& id, domain::directory::Tenant const& tenant);
// As an event of the budget's engine left it: the first answer and every repetition come from the
// same event. None when it is another event, or lacks its snapshot.
std::optional<wire::Budget> budget_after(TenantId const& id, domain::Recorded const& recorded);

}  // namespace tally::views
