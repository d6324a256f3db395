// tally replay.

#include <fmt/ostream.h>

#include <limits>

#include "audit/replay.h"
#include "base/printable.h"
#include "cli/commands.h"
#include "cli/offline.h"
#include "json/writer.h"

namespace tally::cli {

namespace {

struct Replay {
  audit::ReplaySelection selection;
  bool all = false;
};

void write_decision(json::Writer& writer, audit::Replayed const& one) {
  writer.begin_object()
      .member("decision_id", to_text(one.decision))
      .member("seq", one.seq)
      .member("engine", one.engine)
      .member("command", one.command)
      .key("events")
      .begin_array();
  for (std::string const& event : one.events) writer.value(event);
  writer.end_array().member("verdict", name_of(one.verdict));
  if (!one.reason.empty()) writer.member("reason", one.reason);
  writer.key("differences").begin_array();
  for (audit::Difference const& difference : one.differences)
    writer.begin_object()
        .member("pointer", difference.pointer)
        .member("recorded", difference.recorded)
        .member("replayed", difference.replayed)
        .end_object();
  writer.end_array().end_object();
}

void show_decision(std::ostream& out, audit::Replayed const& one) {
  fmt::print(out, "{}  {}  event {}  {} by {}: {}\n", name_of(one.verdict), to_text(one.decision),
             one.seq, one.command, one.engine, fmt::join(one.events, ", "));
  // What a ledger holds was not always one line; see base/printable.h.
  auto const line = [&](std::string const& text) {
    out << "  " << printable(text, std::numeric_limits<std::size_t>::max()) << '\n';
  };
  if (!one.reason.empty()) line("not replayable: " + one.reason);
  for (audit::Difference const& difference : one.differences)
    line(fmt::format("{}: recorded {}, {} {}", difference.pointer, difference.recorded,
                     difference.pointer.starts_with("/decision/") ? "but in truth" : "today",
                     difference.replayed));
}

ExitCode code_of(audit::ReplaySummary const& summary) {
  if (summary.different > 0) return ExitCode::no;
  return summary.not_replayable > 0 ? ExitCode::inconclusive : ExitCode::yes;
}

std::string_view verdict_of(audit::ReplaySummary const& summary) {
  if (summary.different > 0) return name_of(audit::ReplayVerdict::different);
  if (summary.not_replayable > 0) return name_of(audit::ReplayVerdict::not_replayable);
  return name_of(audit::ReplayVerdict::same);
}

// One document: the verdict over all, the counts, and the decisions that are worth showing.
class Output {
 public:
  Output(Call& call, bool every_one) : call_(call), every_one_(every_one), writer_(text_) {
    writer_.begin_object().key("decisions").begin_array();
  }
  void take(audit::Replayed const& one) {
    if (!every_one_ && one.verdict == audit::ReplayVerdict::same) return;
    if (call_.json) {
      write_decision(writer_, one);
    } else {
      show_decision(call_.console.out(), one);
    }
  }
  void end(audit::ReplaySummary const& summary) {
    std::ostream& out = call_.console.out();
    if (!call_.json) {
      fmt::print(out, "{}: {} decided the same, {} different, {} not replayable\n",
                 verdict_of(summary), summary.same, summary.different, summary.not_replayable);
      return;
    }
    writer_.end_array()
        .member("verdict", verdict_of(summary))
        .member("same", summary.same)
        .member("different", summary.different)
        .member("not_replayable", summary.not_replayable)
        .end_object();
    out << text_ << '\n';
  }

 private:
  Call& call_;
  bool every_one_;
  std::string text_;
  json::Writer writer_;
};

ExitCode replay(Call& call, Replay const& options) {
  auto const chosen = int{options.all} + int{options.selection.decision.has_value()} +
                      int{options.selection.run.has_value()};
  if (chosen != 1) {
    call.console.complain("tally replay takes one of --decision-id, --run and --all",
                          "tally replay --help shows an example");
    return ExitCode::usage;
  }
  auto const ledger = open_ledger(call);
  if (!ledger) return report_no_ledger(call, ledger.error());
  Output output(call, !options.all);
  Progress progress(call, "replayed");
  auto const take = [&](audit::Replayed const& one) {
    progress.at(static_cast<std::uint64_t>(one.seq));
    output.take(one);
  };
  auto const summary = audit::replay(*ledger->disk, options.selection, take, ledger->beside);
  if (!summary && summary.error().code == "ledger_absent")
    return report_no_ledger(call, summary.error());
  if (!summary)
    return report(call, ExitCode::no, summary.error(),
                  summary.error().code == "corrupt" ? "run tally ledger verify on this directory"
                                                    : "tally ledger cat shows the ids there are");
  output.end(*summary);
  return code_of(*summary);
}

Action declare_replay(Arguments& arguments) {
  auto options = std::make_shared<Replay>();
  arguments.option("--decision-id", options->selection.decision, "One decision, dec_...");
  arguments.option("--run", options->selection.run, "All decisions about a run, run_...");
  arguments.flag("--all", options->all, "All decisions; shows those that are not the same");
  return [options](Call& call) { return replay(call, *options); };
}

}  // namespace

std::span<Command const> replay_commands() {
  static constexpr std::array<Command, 1> kRows{{
      {"replay", "Compares the facts with the ledger, decides again and compares",
       "tally replay --decision-id dec_0123456789abcdef --data data", Reach::data, declare_replay},
  }};
  return kRows;
}

}  // namespace tally::cli
