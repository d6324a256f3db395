// tally run show, list, resolve, result; submit has its own file.

#include "cli/run_commands.h"

#include <fmt/ostream.h>

#include <algorithm>
#include <iterator>
#include <sstream>

#include "base/printable.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/online.h"
#include "cli/proposals.h"
#include "cli/shown.h"
#include "cli/table.h"

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

// What a run cost above its hold and after its lease.
std::string beyond_the_hold(wire::RunCost const& cost) {
  std::string text;
  if (cost.overrun_usd > Micros(0)) text = "overrun " + format_usd(cost.overrun_usd);
  if (cost.unaccounted_usd > Micros(0))
    text += (text.empty() ? "unaccounted " : ", unaccounted ") + format_usd(cost.unaccounted_usd);
  return text.empty() ? "-" : text;
}

void show_overrun(std::ostream& out, wire::Run const& run) {
  if (run.cost.overrun_usd > Micros(0) && run.receipt)
    fmt::print(out, "  overrun   {} above the hold: {} paid out of what was available, {} owed\n",
               format_usd(run.cost.overrun_usd),
               format_usd(run.receipt->paid_usd.value_or(Micros(0))),
               format_usd(run.receipt->owed_usd.value_or(Micros(0))));
  if (run.receipt && run.receipt->debt_paid_usd)
    fmt::print(out, "  debt      {} of what was released paid what earlier runs owed\n",
               format_usd(*run.receipt->debt_paid_usd));
  if (run.cost.unaccounted_usd > Micros(0))
    fmt::print(out, "  unaccounted {} reported after its lease had ended, in no charge\n",
               format_usd(run.cost.unaccounted_usd));
  if (run.claimed_usd)
    fmt::print(out, "  claimed   {}: a cost that nobody believed\n", format_usd(*run.claimed_usd));
}

std::string labels_text(wire::Labels const& labels) {
  std::string text;
  for (auto const& [name, value] : labels)
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", as_a_word(name), as_a_word(value));
  return text;
}

void show_list(Console& console, wire::RunList const& list) {
  using enum Table::Align;
  Table table({{.head = "RUN"},
               {.head = "STATUS"},
               {.head = "JOB"},
               {.head = "HELD", .align = right},
               {.head = "CHARGED", .align = right},
               {.head = "BEYOND"},
               {.head = "CREATED (UTC)"},
               {.head = "LABELS"}});
  for (wire::Run const& run : list.runs)
    table.add({{.text = to_text(run.run_id)},
               {.text = run.status, .tone = tone_of(run.status)},
               {.text = run.job.value()},
               {.text = format_usd(run.cost.held_usd)},
               {.text = format_usd(run.cost.charged_usd)},
               {.text = beyond_the_hold(run.cost), .tone = Tone::bad},
               {.text = moment_text(run.created_at)},
               {.text = labels_text(run.labels)}});
  if (list.runs.empty())
    fmt::print(console.out(), "{}\n", list.next ? "none so far" : "no runs");
  else
    table.print(console);
  if (list.next)
    fmt::print(console.out(), "and more: raise --limit, or go on with --cursor {}\n", *list.next);
}

// The list of several pages as one document; texts stay as the server sent them.
std::string joined(std::vector<std::string> const& bodies) {
  json::Array runs;
  json::Value next;
  for (std::string const& body : bodies) {
    auto page = json::parse(body);
    auto const* items = page ? page->find("runs") : nullptr;
    if (items != nullptr && items->array() != nullptr)
      runs.insert(runs.end(), items->array()->begin(), items->array()->end());
    auto const* older = page ? page->find("next") : nullptr;
    next = older == nullptr ? json::Value() : *older;
  }
  return json::write(
      json::Value(json::Object{{"runs", json::Value(std::move(runs))}, {"next", std::move(next)}}));
}

// The server looks at so many runs for a page, and shows those of them that fit: pages are asked
// for until there are as many as were asked for, within a bound.
constexpr std::size_t kPagesMax = 100;
constexpr std::int64_t kListDefault = 20;

ExitCode list_runs(Call& call, client::TallyClient& client, wire::RunListParameters query) {
  auto asked = client.runs(query);
  if (!asked) return report(call, asked.error());
  wire::RunList& list = asked->message;
  std::vector<std::string> bodies{asked->body};
  while (list.next && std::ssize(list.runs) < query.limit && bodies.size() < kPagesMax) {
    call.console.progress(fmt::format("{} found, older ones are looked at ...", list.runs.size()));
    wire::RunListParameters older = query;
    older.limit -= std::ssize(list.runs);
    older.cursor = list.next;
    auto more = client.runs(older);
    if (!more) return report(call, more.error());
    std::ranges::move(more->message.runs, std::back_inserter(list.runs));
    list.next = std::move(more->message.next);
    bodies.push_back(std::move(more->body));
  }
  if (bodies.size() > 1) asked->body = joined(bodies);
  return present(call, asked, show_list);
}

Action declare_list(Arguments& arguments) {
  auto query = std::make_shared<wire::RunListParameters>();
  query->limit = kListDefault;
  auto label = std::make_shared<std::optional<Label>>();
  arguments.option("--status", query->status, "Only runs in this state").one_of(kWords<RunStatus>);
  arguments.option("--label", *label, "Only runs with this label");
  arguments.option("--tenant", query->tenant, "Of this tenant: the key's own [that], or system");
  arguments.option("--limit", query->limit, "At most so many, newest first [20]")
      .within(1, wire::kRunsPerPageMax);
  arguments.option("--cursor", query->cursor, "Older than the end of an earlier list, as it said");
  return [query, label](Call& call) {
    if (*label) query->label = wire::LabelFilter{(*label)->key, (*label)->value};
    return online(call,
                  [&](client::TallyClient& client) { return list_runs(call, client, *query); });
  };
}

struct Resolve {
  RunId run;
  Micros charge;
  std::string reason;
  bool yes = false;
};

// Why the server asks to think again, where it does: the charge is above the run's hold.
std::optional<std::string> above_the_hold(client::ClientResult<wire::ApprovalAnswer> const& asked) {
  if (asked || !asked.error().problem) return std::nullopt;
  for (wire::FieldError const& error : asked.error().problem->errors)
    if (error.pointer == wire::kAboveHoldPointer) return error.detail;
  return std::nullopt;
}

// What exceeds the hold is asked about once more, unless --yes was said at once.
ExitCode resolve(Call& call, client::TallyClient& client, Resolve const& options) {
  wire::ResolutionRequest request{
      .charge_usd = options.charge, .above_hold_max_usd = Micros(0), .reason = options.reason};
  if (options.yes) request.above_hold_max_usd.reset();
  auto asked = client.resolve(options.run, request);
  if (auto const above = above_the_hold(asked)) {
    auto const agreed = call.console.confirm(*above + "; charge it?");
    if (!agreed.value_or(false)) {
      call.console.complain(agreed ? "nothing was charged" : *above,
                            "charge less, or say --yes if it is meant");
      return agreed ? ExitCode::no : ExitCode::usage;
    }
    request.above_hold_max_usd.reset();
    asked = client.resolve(options.run, request);
  }
  std::string done = format_usd(options.charge) + " USD";
  if (asked && asked->message.receipt) done = charge_text(*asked->message.receipt);
  ExitCode const code =
      answer_proposal(call, asked, fmt::format("{} is charged {}", to_text(options.run), done));
  if (code == ExitCode::yes && !call.json)
    call.console.note(
        "  next: an audit puts its tenant into safe mode, which a person ends; tally mode shows "
        "it");
  return code;
}

Action declare_resolve(Arguments& arguments) {
  auto options = std::make_shared<Resolve>();
  run_argument(arguments, options->run);
  arguments.option("--charge", options->charge, "What it is charged; the rest of its hold is free")
      .required();
  arguments.option("--reason", options->reason, "Why; it stands in the ledger").required();
  arguments.flag("--yes", options->yes, "Do not ask where that is above the run's hold");
  return [options](Call& call) {
    return online(call,
                  [&](client::TallyClient& client) { return resolve(call, client, *options); });
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

namespace {

// With the end of what the work wrote to stderr, a line of it a line.
void show_error(std::ostream& out, wire::RunError const& error) {
  fmt::print(out, "  error     {}: {}\n", error.code, error.detail);
  if (!error.stderr_tail) return;
  std::istringstream lines(*error.stderr_tail);
  for (std::string line; std::getline(lines, line);) fmt::print(out, "  stderr    {}\n", line);
}

}  // namespace

void show_run(Console& console, wire::Run const& run) {
  std::ostream& out = console.out();
  std::string const id = to_text(run.run_id);
  fmt::print(out, "{} {}\n", id, console.painted(run.status, tone_of(run.status)));
  fmt::print(out, "  job       {} ({}), attempt {}\n", run.job.value(), run.job_hash.text(),
             run.attempts);
  fmt::print(out, "  cost      max {}, held {}, charged {}, released {} (USD)\n",
             format_usd(run.cost.max_usd), format_usd(run.cost.held_usd),
             format_usd(run.cost.charged_usd), format_usd(run.cost.released_usd));
  show_overrun(out, run);
  if (run.receipt)
    fmt::print(out, "  receipt   {}{}\n", run.receipt->reason,
               run.receipt->cost_rounded_up.value_or(false)
                   ? ", its cost rounded up to 0.000001 USD"
                   : "");
  if (!run.labels.empty()) fmt::print(out, "  labels    {}\n", labels_text(run.labels));
  if (run.result && run.result->ref)
    fmt::print(out, "  result    {} ({} bytes)\n", run.result->ref->text(), run.result->bytes);
  if (run.waiting)
    fmt::print(out, "  waits     for {}, since {}: {}\n", run.waiting->waits_for,
               to_rfc3339(run.waiting->since), run.waiting->detail);
  if (run.returned)
    fmt::print(out, "  returned  {} times before the work began; the last time: {}\n",
               run.returned->times, run.returned->last_reason);
  if (run.error) show_error(out, *run.error);
  if (!run.sandbox.empty()) fmt::print(out, "  sandbox   {}\n", run.sandbox);
  fmt::print(out, "  created   {}\n", to_rfc3339(run.created_at));
  if (run.finished_at) fmt::print(out, "  finished  {}\n", to_rfc3339(*run.finished_at));
  if (run.evidence)
    fmt::print(out, "  evidence  event {} of {}\n", run.evidence->seq,
               to_text(run.evidence->ledger));
  if (run.status == "audit_required")
    fmt::print(out, "  next      tally run resolve {} --charge USD --reason TEXT\n", id);
  else if (run.status != "succeeded")
    fmt::print(out, "  next      tally why {}\n", id);
}

std::span<Command const> run_commands() {
  static constexpr std::array<Command, 5> kRows{{
      {"run submit", "Submits a run; holds its cost before it starts",
       "tally run submit --job log-patterns --input in.json --max-cost 0.05 --wait", Reach::changes,
       declare_submit},
      {"run show", "Shows a run", "tally run show run_0123456789abcdef --wait 30", Reach::server,
       declare_show},
      {"run list", "Lists runs, newest first",
       "tally run list --status failed --label team=red --limit 50", Reach::server, declare_list},
      {"run resolve", "Proposes what a run in audit_required is charged",
       "tally run resolve run_0123456789abcdef --charge 0.02 --reason \"the bill says so\"",
       Reach::changes, declare_resolve},
      {"run result", "Fetches a result and checks its hash",
       "tally run result run_0123456789abcdef -o result.json", Reach::server, declare_result},
  }};
  return kRows;
}

}  // namespace tally::cli
