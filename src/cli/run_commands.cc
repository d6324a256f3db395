// tally run show, list, cancel, result; submit has its own file.

#include "cli/run_commands.h"

#include <fmt/ostream.h>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/online.h"

namespace tally::cli {

namespace {

Argument run_argument(Arguments& arguments, RunId& run) {
  return arguments.option("run", run, "run_...").required();
}

struct Show {
  RunId run;
  std::int64_t wait_s = 0;
};

Action declare_show(Arguments& arguments) {
  auto show = std::make_shared<Show>();
  run_argument(arguments, show->run);
  arguments.option("--wait", show->wait_s, "Seconds to wait for its end")
      .within(0, wire::kRunWaitSecondsMax);
  return [show](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      return present(call, client.run(show->run, show->wait_s), show_run);
    });
  };
}

void show_list(std::ostream& out, wire::RunList const& list) {
  if (list.runs.empty()) fmt::print(out, "no runs\n");
  for (wire::Run const& run : list.runs)
    fmt::print(out, "{}  {:<14}  {:<20}  charged {}  {}\n", to_text(run.run_id), run.status,
               run.job.value(), format_usd(run.cost.charged_usd), to_rfc3339(run.created_at));
  if (list.next) fmt::print(out, "and more: raise --limit or narrow it with --status\n");
}

Action declare_list(Arguments& arguments) {
  auto query = std::make_shared<client::RunQuery>();
  arguments.option("--status", query->status, "Only runs in this state").one_of(wire::kRunStatuses);
  arguments.option("--limit", query->limit, "At most so many, newest first [20]")
      .within(1, wire::kRunsPerPageMax);
  return [query](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      return present(call, client.runs(*query), show_list);
    });
  };
}

Action declare_cancel(Arguments& arguments) {
  auto run = std::make_shared<RunId>();
  run_argument(arguments, *run);
  return [run](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      return present(call, client.cancel(*run), show_run);
    });
  };
}

struct Fetch {
  RunId run;
  std::string output = "-";
};

// Why a run has no result to give: not yet, or never.
ExitCode no_result(Call& call, wire::Run const& run) {
  std::string const id = to_text(run.run_id);
  if (!is_final(run.status)) {
    call.console.complain(fmt::format("{} is {}: it has no result yet", id, run.status),
                          fmt::format("tally run show {} --wait 30", id));
    return ExitCode::inconclusive;
  }
  call.console.complain(
      fmt::format("{} is {}: there is no result{}", id, run.status,
                  run.error ? fmt::format(" ({}: {})", run.error->code, run.error->detail) : ""),
      fmt::format("tally run show {}", id));
  return ExitCode::no;
}

// Writes nothing that does not hash to what the ledger names.
ExitCode fetch(Call& call, client::TallyClient& client, Fetch const& options) {
  auto const run = client.run(options.run);
  if (!run) return report(call, run.error());
  auto const& result = run->message.result;
  if (!result || !result->ref) return no_result(call, run->message);
  auto const content = client.result(options.run);
  if (!content) return report(call, content.error());
  ContentRef const found(sha256(as_bytes(content->message)));
  if (found != *result->ref) {
    call.console.complain(
        fmt::format("the result is not the one in the ledger: it hashes to {}, not to {}",
                    found.text(), result->ref->text()),
        "nothing was written; run tally ledger verify on the server's data");
    return ExitCode::no;
  }
  auto const written = write_file(call.console, options.output, content->message);
  if (!written)
    return report(call, ExitCode::usage, written.error(), "name another file with --output");
  if (options.output != "-")
    call.console.note(
        fmt::format("{}: {} bytes, {}", options.output, content->message.size(), found.text()));
  return ExitCode::yes;
}

Action declare_result(Arguments& arguments) {
  auto options = std::make_shared<Fetch>();
  run_argument(arguments, options->run);
  arguments.option("-o,--output", options->output, "Where to write it; - is the standard output")
      .kind("FILE");
  return [options](Call& call) {
    return online(call, [&](client::TallyClient& client) { return fetch(call, client, *options); });
  };
}

}  // namespace

bool is_final(std::string_view status) { return status != "queued" && status != "running"; }

ExitCode code_of(wire::Run const& run) {
  if (run.status == "succeeded") return ExitCode::yes;
  if (run.status == "audit_required") return ExitCode::waiting;
  return is_final(run.status) ? ExitCode::no : ExitCode::inconclusive;
}

void show_run(std::ostream& out, wire::Run const& run) {
  fmt::print(out, "{} {}\n", to_text(run.run_id), run.status);
  fmt::print(out, "  job       {} ({}), attempt {}\n", run.job.value(), run.job_hash.text(),
             run.attempts);
  fmt::print(out, "  cost      max {}, held {}, charged {}, released {} (USD)\n",
             format_usd(run.cost.max_usd), format_usd(run.cost.held_usd),
             format_usd(run.cost.charged_usd), format_usd(run.cost.released_usd));
  if (run.receipt) fmt::print(out, "  receipt   {}\n", run.receipt->reason);
  if (run.result && run.result->ref)
    fmt::print(out, "  result    {} ({} bytes)\n", run.result->ref->text(), run.result->bytes);
  if (run.error) fmt::print(out, "  error     {}: {}\n", run.error->code, run.error->detail);
  if (!run.sandbox.empty()) fmt::print(out, "  sandbox   {}\n", run.sandbox);
  fmt::print(out, "  created   {}\n", to_rfc3339(run.created_at));
  if (run.finished_at) fmt::print(out, "  finished  {}\n", to_rfc3339(*run.finished_at));
  if (run.evidence)
    fmt::print(out, "  evidence  event {} of {}\n", run.evidence->seq,
               to_text(run.evidence->ledger));
}

std::span<Command const> run_commands() {
  static constexpr std::array<Command, 5> kRows{{
      {"run submit", "Submits a run; holds its cost before it starts",
       "tally run submit --job log-patterns --input in.json --max-cost 0.05 --wait", Reach::server,
       declare_submit},
      {"run show", "Shows a run", "tally run show run_0123456789abcdef --wait 30", Reach::server,
       declare_show},
      {"run list", "Lists runs, newest first", "tally run list --status failed --limit 50",
       Reach::server, declare_list},
      {"run cancel", "Cancels a run that has not ended", "tally run cancel run_0123456789abcdef",
       Reach::server, declare_cancel},
      {"run result", "Fetches a result and checks its hash",
       "tally run result run_0123456789abcdef -o result.json", Reach::server, declare_result},
  }};
  return kRows;
}

}  // namespace tally::cli
