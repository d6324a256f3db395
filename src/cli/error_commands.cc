// tally errors.

#include <fmt/ostream.h>

#include <sstream>

#include "cli/commands.h"
#include "cli/online.h"
#include "wire/error_messages.h"

namespace tally::cli {

namespace {

void show_lines(std::ostream& out, std::string_view name, std::string const& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) fmt::print(out, "  {}: {}\n", name, line);
}

constexpr std::int64_t kListDefault = 20;

void show_errors(std::ostream& out, wire::ErrorList const& list) {
  if (list.errors.empty()) fmt::print(out, "no errors of that kind\n");
  for (wire::ErrorEnvelope const& one : list.errors) {
    fmt::print(out, "{}  {}  {:8}  {} {}  {}\n", to_rfc3339(one.timestamp), one.error_id,
               one.severity, one.layer, one.error_class, one.component);
    fmt::print(out, "  {}{}\n", one.message,
               one.exception_type.empty() ? "" : " (" + one.exception_type + ")");
    for (auto const& cause : one.exception_chain)
      fmt::print(out, "  caused by {}: {}\n", cause.type, cause.message);
    if (auto const tail = one.context.find("stderr_tail"); tail != one.context.end())
      show_lines(out, "stderr", tail->second);
    if (one.run_id) fmt::print(out, "  run {}\n", to_text(*one.run_id));
    if (one.correlation_id) fmt::print(out, "  correlation {}\n", to_text(*one.correlation_id));
  }
  if (list.next) fmt::print(out, "older ones: --before {}\n", *list.next);
  if (list.health != "current")
    fmt::print(out, "the list is {}: it knows the first {} events and lacks {}\n",
               list.health == "behind" ? "behind" : "not to be relied on", list.as_of_seq,
               list.lag_events);
  if (list.complete_from > 0)
    fmt::print(out,
               "errors before event {} are not listed any more; a run's and a trace's: "
               "tally why\n",
               list.complete_from);
}

Action declare_errors(Arguments& arguments) {
  auto query = std::make_shared<wire::ErrorListParameters>();
  query->limit = kListDefault;
  arguments.option("--class", query->error_class, "A family, or one class of it: infra.storage")
      .kind("infra|domain|system");
  arguments.option("--component", query->component, "Only of this part");
  arguments.option("--severity", query->severity, "The least that is shown")
      .one_of(kWords<Severity>);
  arguments.option("--layer", query->layer, "Only of this layer").one_of(kWords<Layer>);
  arguments.option("--correlation", query->correlation_id, "Only of this trace (32 hex)");
  arguments.option("--run", query->run_id, "Only of this run");
  arguments.option("--tenant", query->tenant, "Only of this tenant");
  arguments.option("--from", query->from, "Recorded from this instant on (RFC 3339, UTC)");
  arguments.option("--to", query->to, "Recorded before this instant");
  arguments.option("--before", query->before, "Older than this event");
  arguments.option("--after-seq", query->after_seq, "Wait shortly until this event is listed");
  arguments.option("--limit", query->limit, "At most so many, newest first [20]")
      .within(1, wire::kErrorsPerPageMax);
  return [query](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      return present(call, client.errors(*query), show_errors);
    });
  };
}

}  // namespace

std::span<Command const> error_commands() {
  static constexpr std::array<Command, 1> kRows{{
      {"errors", "Lists what went wrong, newest first",
       "tally errors --severity ERROR --class infra", Reach::server, declare_errors},
  }};
  return kRows;
}

}  // namespace tally::cli
