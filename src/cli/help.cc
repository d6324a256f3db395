#include "cli/help.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/command.h"

namespace tally::cli {

namespace {

constexpr int kPathColumns = 20;

constexpr std::string_view kSession =
    "Example:\n"
    "  tally serve --data data --listen 127.0.0.1:7070 --jobs examples/jobs\n"
    "  tally run submit --job log-patterns --input in.json --max-cost 0.05 --wait\n"
    "  tally ledger verify --data data\n\n";

constexpr std::string_view kAfterwards =
    "\nEvery command takes --json, and --help, which shows an example first.\n"
    "Environment: TALLY_SERVER, TALLY_KEY, TALLY_CA_FILE, http_proxy, https_proxy, no_proxy,\n"
    "NO_COLOR.\nExit codes:\n";

class ExampleFirst : public CLI::Formatter {
 public:
  explicit ExampleFirst(std::string_view example) : example_(example) { column_width(32); }
  std::string make_description(CLI::App const* app) const override {
    return fmt::format("Example:\n  {}\n\n{}", example_, CLI::Formatter::make_description(app));
  }

 private:
  std::string_view example_;
};

class CommandList : public CLI::Formatter {
 public:
  explicit CommandList(std::string_view group) : group_(group) {}
  std::string make_help(CLI::App const*, std::string, CLI::AppFormatMode) const override {
    std::string text;
    if (group_.empty()) text = kSession;
    text += "Commands:\n";
    for (Command const& command : commands())
      if (group_.empty() || command.path.starts_with(group_ + " "))
        text += fmt::format("  {:<{}}{}\n", command.path, kPathColumns, command.summary);
    text += kAfterwards;
    for (auto const& [code, meaning] : kExitCodes)
      text += fmt::format("  {}  {}\n", static_cast<int>(code), meaning);
    return text;
  }

 private:
  std::string group_;
};

}  // namespace

std::shared_ptr<CLI::FormatterBase> example_first(std::string_view example) {
  return std::make_shared<ExampleFirst>(example);
}

std::shared_ptr<CLI::FormatterBase> command_list(std::string_view group) {
  return std::make_shared<CommandList>(group);
}

}  // namespace tally::cli
