#pragma once

// How help looks: an example first, then what the command takes.

#include <memory>
#include <string>
#include <string_view>

namespace CLI {
class FormatterBase;
}  // namespace CLI

namespace tally::cli {

// Of one command.
std::shared_ptr<CLI::FormatterBase> example_first(std::string_view example);
// Of `tally` itself (no group) or of a group of commands: the table's rows.
std::shared_ptr<CLI::FormatterBase> command_list(std::string_view group);

}  // namespace tally::cli
