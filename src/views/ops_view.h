#pragma once

// Modes and approvals, as operators see them.

#include <map>
#include <optional>

#include "domain/approval/engine.h"
#include "domain/directory/rows.h"
#include "wire/ops_messages.h"

namespace tally::views {

// "everything", "tenant:acme", "job:...", "key:...", "run:...".
std::string scope_text(domain::mode::Scope const& scope);
std::optional<domain::mode::Scope> parse_scope(std::string_view text);
std::optional<domain::mode::Mode> parse_mode(std::string_view text);

wire::Mode mode_view(domain::mode::Scope const& scope, domain::mode::Row const& row);
// Who counts at `now`, without approvals yet.
wire::ApprovalList approvers_view(std::map<PersonId, domain::directory::Person> const& people,
                                  std::int64_t quorum, Instant now);
wire::Approval approval_view(ApprovalId id, domain::approval::Row const& row);

}  // namespace tally::views
