#pragma once

// Which parts of the directory an event changes.

#include "domain/event.h"
#include "ledger/directory.h"

namespace tally::ledger {

DirectoryParts directory_parts(domain::Event const& event);

}  // namespace tally::ledger
