#pragma once

// What would change how a run, or a refusal, stands: who has to act, and by which command.

#include <functional>
#include <string>
#include <vector>

#include "domain/event.h"

namespace tally::views {

// The row of modes of a scope; null pointer: normal.
using ModeOf = std::function<domain::mode::Row const*(domain::mode::Scope const&)>;

std::vector<std::string> changes_of_run(RunId run, domain::run::Row const& row,
                                        ModeOf const& mode_of);
std::vector<std::string> changes_of_refusal(domain::run::Refused const& refused,
                                            domain::Header const& header);

}  // namespace tally::views
