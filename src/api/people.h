#pragma once

// People and their keys, read from the API's copy of the directory. What comes back points into
// that copy, which must be kept as long.

#include <functional>

#include "api/exchange.h"
#include "domain/who_counts.h"
#include "wire/ops_messages.h"

namespace tally::api {

domain::KeysByPerson keys_by_person(ledger::Directory const& directory);

// Claimed or not, in the order of their ids.
void each_key(ledger::Directory const& directory,
              std::function<void(ledger::Directory::KeyEntry const&)> const& visit);

// A key as it is at this moment.
wire::Key key_view(Exchange const& x, KeyId id, domain::directory::Key const& key);

// Who counts, and which quorum is in force.
wire::ApprovalList approvers_view(Services const& services);

// What the configuration file asks for and is not in force.
std::vector<wire::PendingSetting> pending_settings(Services const& services);

// What the end of that person's key changes about who counts; nothing, if they can still sign.
std::optional<std::string> loss_note(Services const& services, PersonId const& person);

}  // namespace tally::api
