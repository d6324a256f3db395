#pragma once

// The tenant of the server's own work: what it does for the house and not for a caller (a pass over
// the ledger, say) is a run like any other, with a lease, a fence, heartbeats, retries and a
// receipt. It costs nothing, and the tenant has no budget.
//
// Its job kinds are named "system.": no folder of jobs may be called so, so a kind that comes later
// never meets one of somebody else's. They are leased in every mode, unless a person puts the
// tenant, the job or the run itself into stop or halt.

#include <string_view>

#include "base/ids.h"

namespace tally::domain {

inline constexpr std::string_view kSystemTenant = "system";
inline constexpr std::string_view kSystemJobs = "system.";

inline bool is_system(TenantId const& tenant) { return tenant.value() == kSystemTenant; }
inline bool is_system(JobName const& job) { return job.value().starts_with(kSystemJobs); }

}  // namespace tally::domain
