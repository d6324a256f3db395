#pragma once

// Who counts, read from the state: one rule for proposals, signatures and settings. A person counts
// by a key that may sign: from kNewcomerPeriod after it was claimed (the first operator's from the
// opening) until kNewcomerPeriod after it was revoked or expired. So nobody waits for ever for a
// signature that cannot come, and of two people neither can revoke the other's key and decide alone
// a moment later.

#include <array>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "domain/approvers.h"
#include "domain/state.h"

namespace tally::domain {

// Named: has the role approver or admin, and was not removed.
bool may_approve(directory::Person const& person);

enum class KeyLife { valid, unclaimed, expired, revoked, person_removed };
constexpr std::string_view name_of(KeyLife life) {
  constexpr std::array<std::string_view, 5> names{"valid", "unclaimed", "expired", "revoked",
                                                  "person_removed"};
  return names[static_cast<std::size_t>(life)];
}
KeyLife life_of(directory::Key const& key, directory::Person const& owner, Instant at);

// Whether its scopes let it sign.
bool may_sign(directory::Key const& key);

// A person's keys, in any order.
using KeysByPerson = std::map<PersonId, std::vector<directory::Key const*>>;
KeysByPerson keys_by_person(State const& state);
std::span<directory::Key const* const> keys_of(KeysByPerson const& keys, PersonId const& person);

// From when a named person counts, judged by their keys at `at`. None: they do not count until they
// claim another key.
std::optional<Instant> counts_from(directory::Person const& person,
                                   std::span<directory::Key const* const> keys, Instant at);
// Who counts and has no key that could sign counts until then. None: no such end.
std::optional<Instant> counts_until(directory::Person const& person,
                                    std::span<directory::Key const* const> keys, Instant at);
// Whether a key of theirs can sign at `at` what was proposed while they counted.
bool can_sign(directory::Person const& person, std::span<directory::Key const* const> keys,
              Instant at);

// A key without a claim of its own counts where it was made; the server itself asks without a key.
bool key_counts(State const& state, std::optional<KeyId> const& key, Instant at);

// Facts for `command`, which somebody asks for with a key (none: the server itself).
Approvers approvers_of(State const& state, Command const& command,
                       std::optional<KeyId> const& asked_with, Instant at);

}  // namespace tally::domain
