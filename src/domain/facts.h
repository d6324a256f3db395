#pragma once

// The facts that a decision was made on, one alternative for each kind of question.

#include <variant>

#include "domain/approval/engine.h"
#include "domain/budget/engine.h"
#include "domain/chronicle/engine.h"
#include "domain/directory/engine.h"
#include "domain/error/engine.h"
#include "domain/mode/engine.h"
#include "domain/run/facts.h"

namespace tally::domain {

using Facts =
    std::variant<run::SubmitFacts, run::LeaseFacts, run::RunFacts, budget::GrantFacts,
                 directory::Facts, mode::SetFacts, approval::Facts, chronicle::Facts, error::Facts>;

}  // namespace tally::domain
