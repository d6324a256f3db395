// tally completion, tally manual.

#include <array>
#include <memory>

#include "cli/commands.h"
#include "cli/pages.h"
#include "json/writer.h"

namespace tally::cli {

namespace {

constexpr std::array<std::string_view, 1> kShells{"bash"};

ExitCode write_text(Call& call, std::string_view name, std::string const& text) {
  if (!call.json) {
    call.console.out() << text;
    return ExitCode::yes;
  }
  std::string quoted;
  json::Writer(quoted).begin_object().member(name, text).end_object();
  call.console.out() << quoted << '\n';
  return ExitCode::yes;
}

Action declare_completion(Arguments& arguments) {
  auto shell = std::make_shared<std::string>();
  arguments.option("shell", *shell, "Whose script to write").one_of(kShells).required();
  return [shell](Call& call) { return write_text(call, *shell, bash_completion(outline())); };
}

Action declare_manual(Arguments&) {
  return [](Call& call) { return write_text(call, "roff", manual_page(outline())); };
}

}  // namespace

std::span<Command const> page_commands() {
  static constexpr std::array<Command, 2> kRows{{
      {"completion", "Writes a script by which a shell completes commands",
       "tally completion bash >~/.local/share/bash-completion/completions/tally", Reach::nothing,
       declare_completion},
      {"manual", "Writes the manual page", "tally manual | man -l -", Reach::nothing,
       declare_manual},
  }};
  return kRows;
}

}  // namespace tally::cli
