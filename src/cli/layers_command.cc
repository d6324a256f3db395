// tally layers check.

#include "cli/commands.h"
#include "cli/report.h"
#include "layering/check.h"

namespace tally::cli {

namespace {

Action declare_check(Arguments& arguments) {
  auto root = std::make_shared<std::string>(".");
  arguments.option("--root", *root, "The tree that holds layers.toml [.]").kind("DIR");
  return [root](Call& call) {
    auto const checked = layering::check(*root);
    if (!checked) {
      bool const io = checked.error().code == "io_error";
      return report(call, io ? ExitCode::failed : ExitCode::usage, checked.error(),
                    "run it in the tree's root, or name that with --root");
    }
    call.console.out() << (call.json ? layering::to_json(*checked) : layering::to_text(*checked));
    return checked->violations.empty() ? ExitCode::yes : ExitCode::no;
  };
}

}  // namespace

std::span<Command const> layers_commands() {
  static constexpr std::array<Command, 1> kRows{{
      {"layers check", "Holds a tree's includes against its layers.toml",
       "tally layers check --root .", Reach::nothing, declare_check},
  }};
  return kRows;
}

}  // namespace tally::cli
