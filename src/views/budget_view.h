#pragma once

// A tenant's budget as its members see it.

#include "domain/directory/rows.h"
#include "wire/budget_messages.h"

namespace tally::views {

wire::Budget budget_view(TenantId const& id, domain::directory::Tenant const& tenant);

}  // namespace tally::views
