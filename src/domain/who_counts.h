#pragma once

// Who counts, read from the state: one rule for proposals, signatures and settings.

#include "domain/approvers.h"
#include "domain/state.h"

namespace tally::domain {

// Named: has the role approver or admin, and was not removed.
bool may_approve(directory::Person const& person);
bool counts(directory::Person const& person, Instant at);
// A key without a claim of its own counts where it was made; the server itself asks without a key.
bool key_counts(State const& state, std::optional<KeyId> const& key, Instant at);

// Facts for `command`, which somebody asks for with a key (none: the server itself).
Approvers approvers_of(State const& state, Command const& command,
                       std::optional<KeyId> const& asked_with, Instant at);

}  // namespace tally::domain
