// `tally`: the only place of the command line that sees the environment and the terminal.

#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "cli/program.h"

namespace {

std::optional<std::string> variable(char const* name) {
  char const* const value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

std::optional<std::string> variable(char const* name, char const* else_name) {
  auto const value = variable(name);
  return value ? value : variable(else_name);
}

}  // namespace

int main(int count, char** words) {
  std::ios::sync_with_stdio(false);
  tally::cli::Environment const environment{.server = variable("TALLY_SERVER"),
                                            .key = variable("TALLY_KEY"),
                                            .ca_file = variable("TALLY_CA_FILE"),
                                            .http_proxy = variable("http_proxy"),
                                            .https_proxy = variable("https_proxy", "HTTPS_PROXY"),
                                            .no_proxy = variable("no_proxy", "NO_PROXY"),
                                            .no_color = variable("NO_COLOR").has_value()};
  tally::cli::Console console({.in = std::cin,
                               .out = std::cout,
                               .err = std::cerr,
                               .out_is_terminal = ::isatty(STDOUT_FILENO) == 1,
                               .err_is_terminal = ::isatty(STDERR_FILENO) == 1,
                               .in_is_terminal = ::isatty(STDIN_FILENO) == 1},
                              environment.no_color);
  std::vector<std::string> arguments(words + std::min(count, 1), words + count);
  return static_cast<int>(tally::cli::run_program(std::move(arguments), environment, console));
}
