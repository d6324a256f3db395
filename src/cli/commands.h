#pragma once

// The rows of the table, by group; each is defined in the file of its name.

#include "cli/command.h"

namespace tally::cli {

std::span<Command const> serve_commands();
std::span<Command const> run_commands();
std::span<Command const> why_commands();
std::span<Command const> timeline_commands();
std::span<Command const> budget_commands();
std::span<Command const> tenant_commands();
std::span<Command const> key_commands();
std::span<Command const> person_commands();
std::span<Command const> mode_commands();
std::span<Command const> approval_commands();
std::span<Command const> error_commands();
std::span<Command const> ledger_commands();
std::span<Command const> replay_commands();
std::span<Command const> backup_commands();
std::span<Command const> layers_commands();
std::span<Command const> page_commands();

}  // namespace tally::cli
