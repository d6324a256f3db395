#include "cli/way_out.h"

#include <fmt/format.h>

namespace tally::cli {

namespace {

// " --tenant acme"; nothing for everything.
std::string option_of(std::string_view scope) {
  auto const colon = scope.find(':');
  if (colon == std::string_view::npos) return {};
  auto const kind = scope.substr(0, colon);
  return fmt::format(" --{} {}", kind == "key" ? "key-id" : kind, scope.substr(colon + 1));
}

// Which mode may come next. A server that does not say so has no lower one, where it says until
// when that is so; else it knows only that a halt is lifted to safe mode.
std::optional<std::string> next_of(Standing const& standing) {
  if (standing.next_mode || standing.safe_until) return standing.next_mode;
  return standing.mode == "halt" ? "safe" : "normal";
}

}  // namespace

std::string way_out(Standing const& standing) {
  std::string const option = option_of(standing.scope);
  std::string const resume = fmt::format("tally resume{} --reason TEXT", option);
  auto const next = next_of(standing);
  if (next && *next == "normal") return resume;
  std::string const later =
      standing.safe_until
          ? fmt::format("from {} on {}", to_rfc3339(*standing.safe_until), resume)
          : fmt::format("safe mode then stands for 48 h, and after that {}", resume);
  if (!next) return later;
  return fmt::format("tally mode {}{} --reason TEXT; {}", *next, option, later);
}

}  // namespace tally::cli
