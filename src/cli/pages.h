#pragma once

// Texts that are made from the outline of all commands.

#include <span>
#include <string>

#include "cli/outline.h"

namespace tally::cli {

// The manual page tally(1) in roff, for man(1). The same commands give the same bytes.
std::string manual_page(std::span<CommandOutline const> commands);

// A script for bash that completes commands, options, and what an option takes.
std::string bash_completion(std::span<CommandOutline const> commands);

}  // namespace tally::cli
