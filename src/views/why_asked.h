#pragma once

// What a command asked for, in words for people: "a grant of 5.0000 USD to tenant acme".

#include <string>

#include "domain/command.h"

namespace tally::views {

std::string asked_words(domain::Command const& command);

}  // namespace tally::views
