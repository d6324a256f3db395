#pragma once

// What becomes of a command that its engine does not decide for one person alone.

#include "domain/outcome.h"

namespace tally::domain::approval {

// approval.proposed with the command as it was asked, and NeedsApproval. Where only one person
// counts, that person has decided: proposed and signed in one decision, and the reply is Granted.
// Nobody proposes for the configuration file: all of a quorum sign what it asks for.
// Refused where whoever asks does not count, or where fewer count than must agree.
Outcome propose(Instant at, Command const& command, NotAlone const& not_alone);

}  // namespace tally::domain::approval
