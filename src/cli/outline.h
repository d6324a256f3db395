#pragma once

// All commands with what they take, as data: for pages and scripts that are made from them and so
// never forget one.

#include <string>
#include <string_view>
#include <vector>

namespace tally::cli {

struct OptionOutline {
  std::vector<std::string> names;  // "--job", "-o"; of a positional argument its one plain name
  std::string kind;                // "USD", "FILE", "normal|safe"; empty: a flag
  std::string about;
  bool positional = false;
  bool required = false;
  bool many = false;  // takes any number of values
};

struct CommandOutline {
  std::string_view path;  // these three as in Command, which outlives it
  std::string_view summary;
  std::string_view example;
  std::vector<OptionOutline> options;  // positional ones first, each in the order of its help
};

// In the order of help. Defined in program.cc, which declares the commands.
std::vector<CommandOutline> outline();

}  // namespace tally::cli
