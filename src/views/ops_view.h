#pragma once

// Modes and approvals, as operators see them.

#include <map>
#include <optional>

#include "domain/approval/engine.h"
#include "domain/mode/engine.h"
#include "domain/who_counts.h"
#include "wire/ops_messages.h"

namespace tally::views {

// "everything", "tenant:acme", "job:...", "key:...", "run:...".
std::string scope_text(domain::mode::Scope const& scope);
std::optional<domain::mode::Scope> parse_scope(std::string_view text);

// The lowest mode that a person may set in place of that row's now; none: no lower one.
std::optional<std::string> next_mode(domain::mode::Row const& row, Instant now);
// Until when normal mode is not to be had, after a halt.
std::optional<Instant> safe_until(domain::mode::Row const& row, Instant now);
// The same as a clause, "" where nothing but a person's word is needed.
std::string way_out_text(domain::mode::Row const& row, Instant now);

wire::Mode mode_view(domain::mode::Scope const& scope, domain::mode::Row const& row, Instant now);
// Who counts at `now`, without approvals yet.
wire::ApprovalList approvers_view(std::map<PersonId, domain::directory::Person> const& people,
                                  domain::KeysByPerson const& keys, std::int64_t quorum,
                                  Instant now);
wire::Approval approval_view(ApprovalId id, domain::approval::Row const& row);

}  // namespace tally::views
