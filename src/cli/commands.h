#pragma once

// The rows of the table, by group; each is defined in the file of its name.

#include "cli/command.h"

namespace tally::cli {

std::span<Command const> serve_commands();
std::span<Command const> run_commands();
std::span<Command const> why_commands();
std::span<Command const> timeline_commands();
std::span<Command const> budget_commands();
std::span<Command const> key_commands();
std::span<Command const> mode_commands();
std::span<Command const> error_commands();
std::span<Command const> ledger_commands();
std::span<Command const> replay_commands();
std::span<Command const> backup_commands();
std::span<Command const> layers_commands();
std::span<Command const> page_commands();

// The operations whose verb is no row of `rows`: each is put behind the rows of its group, a new
// group before the last two rows, which are about the command line itself.
void add_verbs(std::vector<Command>& rows);
// Of a row that add_verbs made.
Action declare_verb(Command const& command, Arguments& arguments);

}  // namespace tally::cli
