#pragma once

// `tally` inside a test: arguments, environment and input go in, exit code and both outputs come
// out.

#include <sstream>

#include "cli/program.h"

namespace tally::cli {

struct Ran {
  ExitCode code = ExitCode::failed;
  std::string out;
  std::string err;
};

struct World {
  Environment environment;
  std::string input = {};
  bool terminal = false;
};

inline Ran run_tally(std::vector<std::string> arguments, World const& world = {}) {
  std::istringstream in(world.input);
  std::ostringstream out;
  std::ostringstream err;
  Console console({.in = in,
                   .out = out,
                   .err = err,
                   .out_is_terminal = world.terminal,
                   .err_is_terminal = world.terminal,
                   .in_is_terminal = world.terminal},
                  world.environment.no_color);
  ExitCode const code = run_program(std::move(arguments), world.environment, console);
  return {.code = code, .out = out.str(), .err = err.str()};
}

using Words = std::vector<std::string>;

// What stands between single spaces.
inline Words words_of(std::string_view text) {
  Words words;
  while (!text.empty()) {
    auto const space = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, space));
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return words;
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace tally::cli
