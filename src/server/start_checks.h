#pragma once

// What a start looks at before it writes to the ledger, so that one that is refused changes
// nothing.

#include "base/result.h"
#include "base/time.h"
#include "server/listen.h"

namespace tally::server {

// A time that no event can have would end the process at the first one. Error "configuration".
Result<void> check_clock(Instant wall);

// Whether it could listen there now. Nothing is listened on when this returns: who connects while
// the ledger is opened is refused, and not kept waiting. Errors: those of HttpServer::start.
Result<void> check_port(Listen const& listen);

}  // namespace tally::server
