// tally run submit.

#include <fmt/ostream.h>

#include <set>

#include "base/printable.h"
#include "cli/files.h"
#include "cli/interrupt.h"
#include "cli/online.h"
#include "cli/run_commands.h"

namespace tally::cli {

namespace {

constexpr std::int64_t kWaitSeconds = 30;      // of one long poll; repeated until the run ends
constexpr std::int64_t kFirstWaitSeconds = 2;  // what does not begin says why soon

struct Submit {
  JobName job;
  std::string input;
  Micros max_cost;
  std::optional<IdempotencyText> key;
  std::optional<std::int64_t> timeout_s;
  std::vector<Label> labels;
  bool dry_run = false;
  bool wait = false;
};

Result<wire::SubmitRequest> request_of(Call& call, Submit const& submit) {
  TRY(text, read_file(call.console, submit.input));
  auto input = json::parse(text);
  if (!input)
    return fail("malformed",
                fmt::format("the input {} is no JSON: {}", submit.input, input.error().detail));
  wire::SubmitRequest request{.job = submit.job,
                              .input = std::move(*input),
                              .max_cost_usd = submit.max_cost,
                              .timeout_s = submit.timeout_s,
                              .labels = {},
                              .parent_run_id = {}};
  for (Label const& label : submit.labels) request.labels[label.key] = label.value;
  return request;
}

// A label that has two values: which one counts is not ours to choose.
std::optional<std::string> given_twice(std::vector<Label> const& labels) {
  std::set<std::string> seen;
  for (Label const& label : labels)
    if (!seen.insert(label.key).second) return printable(label.key, label.key.size());
  return std::nullopt;
}

void show_accepted(std::ostream& out, wire::SubmitAnswer const& answer) {
  fmt::print(out, "{} {}\n", to_text(answer.run_id), answer.status);
  fmt::print(out, "  held      {}; available {}, held in all {}, spent {} (USD)\n",
             format_usd(answer.cost.held_usd), format_usd(answer.budget.available_usd),
             format_usd(answer.budget.held_usd), format_usd(answer.budget.spent_usd));
  fmt::print(out, "  evidence  event {} of {}\n", answer.evidence.seq,
             to_text(answer.evidence.ledger));
}

ExitCode try_submit(Call& call, client::TallyClient& client, wire::SubmitRequest const& request) {
  // It takes no place in the idempotency table, so no key is shown for it.
  auto const asked = client.try_submit(request, random_idempotency_key());
  ExitCode const code =
      present(call, asked, [](std::ostream& out, wire::DryRunAnswer const& answer) {
        if (answer.refusal) {
          fmt::print(out, "would be refused: {}: {}\n", answer.refusal->code,
                     answer.refusal->detail);
        } else {
          fmt::print(out, "would be accepted\n");
        }
        fmt::print(out, "  available {}, held {}, spent {} (USD)\n",
                   format_usd(answer.budget.available_usd), format_usd(answer.budget.held_usd),
                   format_usd(answer.budget.spent_usd));
      });
  if (!asked) return code;
  return asked->message.would_accept ? ExitCode::yes : ExitCode::no;
}

// Long polls until the run has ended.
ExitCode wait_for(Call& call, client::TallyClient& client, RunId id) {
  std::string const name = to_text(id);
  // Said first, and outside of the line that is overwritten: whoever stops waiting has it.
  call.console.note(fmt::format("{} is accepted; Ctrl-C stops the waiting, not the run", name));
  SaysWhenInterrupted const interrupted(
      fmt::format("{}{} goes on: tally run show {}, or tally run cancel {}\n",
                  call.console.err_is_terminal() ? "\r\x1b[K" : "", name, name, name));
  std::string said;  // of what it waits for; each reason once
  for (std::int64_t patience = kFirstWaitSeconds;; patience = kWaitSeconds) {
    auto const asked = client.run(id, patience);
    if (!asked || is_final(asked->message.status)) {
      ExitCode const code = present(call, asked, show_run);
      if (!asked) call.console.note(fmt::format("  the run goes on: tally run show {}", name));
      return asked ? code_of(asked->message) : code;
    }
    if (auto const& waiting = asked->message.waiting; waiting && waiting->detail != said)
      call.console.note("  it waits: " + (said = waiting->detail));
    call.console.progress(fmt::format("{} {} ...", name, asked->message.status));
  }
}

ExitCode submit(Call& call, client::TallyClient& client, Submit const& options) {
  auto const request = request_of(call, options);
  if (!request)
    return report(call, ExitCode::usage, request.error(),
                  "--input names a file with one JSON document, or - for the standard input");
  if (options.dry_run) return try_submit(call, client, *request);
  auto const asked = client.submit(*request);
  if (!asked) return report(call, asked.error());
  if (!options.wait) return present(call, asked, show_accepted);
  return wait_for(call, client, asked->message.run_id);
}

}  // namespace

Action declare_submit(Arguments& arguments) {
  auto options = std::make_shared<Submit>();
  arguments.option("--job", options->job, "Which kind of work").required();
  arguments.option("--input", options->input, "Its input, one JSON document; - reads it here")
      .required()
      .kind("FILE");
  arguments.option("--max-cost", options->max_cost, "What it may cost at most; held until it ends")
      .required();
  arguments.option("--key", options->key,
                   "Short for --idempotency-key; a random one is made and shown");
  arguments.option("--timeout", options->timeout_s, "Seconds that it may work")
      .within(1, wire::kTimeoutSecondsMax);
  arguments.option("--label", options->labels, "A label; may be repeated");
  arguments.flag("--dry-run", options->dry_run, "Only ask whether it would be accepted");
  arguments.flag("--wait", options->wait,
                 "Wait for its end: exit 0 succeeded, 1 not, 5 needs an audit");
  return [options](Call& call) {
    if (auto const twice = given_twice(options->labels)) {
      call.console.complain(fmt::format("run submit: the label {} is given twice", *twice),
                            "give each label one value");
      return ExitCode::usage;
    }
    if (options->key && call.idempotency_key) {
      call.console.complain(
          "run submit: --key and --idempotency-key are the same: give one of them",
          "tally run submit --help shows an example");
      return ExitCode::usage;
    }
    if (options->key) call.idempotency_key = options->key->value;
    return online(call,
                  [&](client::TallyClient& client) { return submit(call, client, *options); });
  };
}

}  // namespace tally::cli
