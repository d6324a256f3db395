#include "cli/commands.h"

namespace tally::cli {

std::span<Command const> commands() {
  static std::vector<Command> const all = [] {
    std::vector<Command> rows;
    for (auto group :
         {serve_commands, run_commands, why_commands, timeline_commands, budget_commands,
          key_commands, mode_commands, error_commands, ledger_commands, replay_commands,
          backup_commands, layers_commands, page_commands})
      rows.insert(rows.end(), group().begin(), group().end());
    add_verbs(rows);
    return rows;
  }();
  return all;
}

}  // namespace tally::cli
