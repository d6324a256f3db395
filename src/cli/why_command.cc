// tally why.

#include <fmt/ostream.h>

#include "cli/commands.h"
#include "cli/offline.h"
#include "cli/online.h"
#include "cli/shown.h"
#include "cli/why_offline.h"
#include "wire/for_people.h"
#include "wire/to_json.h"

namespace tally::cli {

namespace {

// One screen: the first decisions and the last.
constexpr std::size_t kFirstShown = 3;
constexpr std::size_t kLastShown = 6;

struct Options {
  std::optional<std::string> subject;
  std::optional<std::string> idempotency_key;

  views::WhySubject asked() const {
    return idempotency_key ? views::WhySubject(views::IdempotencyName{*idempotency_key})
                           : views::why_subject(*subject);
  }
};

// What is wrong with the question, if anything.
std::optional<std::string> objection(Options const& options) {
  if (options.subject && options.idempotency_key) return "one thing is asked about at a time";
  if (options.idempotency_key) return std::nullopt;
  if (!options.subject || options.subject->empty())
    return fmt::format("a subject is missing; it is {}", views::kWhySubjects);
  return views::why_not(*options.subject);
}

void show_numbers(std::ostream& out, wire::WhyDecision const& decision) {
  if (decision.numbers.empty()) return;
  std::string text;
  for (auto const& [name, value] : decision.numbers)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, value);
  fmt::print(out, "                             {}\n", text);
}

void show_decisions(std::ostream& out, std::vector<wire::WhyDecision> const& decisions) {
  std::size_t const count = decisions.size();
  bool const all = count <= kFirstShown + kLastShown;
  for (std::size_t i = 0; i < count; ++i) {
    if (!all && i == kFirstShown)
      fmt::print(out, "    ... {} more decisions ...\n", count - kFirstShown - kLastShown);
    if (!all && i >= kFirstShown && i < count - kLastShown) continue;
    wire::WhyDecision const& one = decisions[i];
    fmt::print(out, "    {} {}  {}\n", day_text(one.at), clock_text(one.at), one.rule);
    bool const tells_most = i == 0 || i + 1 == count;
    if (tells_most) show_numbers(out, one);
  }
}

void show_lines(std::ostream& out, std::string_view head, std::vector<std::string> const& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i)
    fmt::print(out, "  {:<9} {}\n", i == 0 ? head : "", lines[i]);
}

void show_why(Console& console, wire::Why const& why) {
  std::ostream& out = console.out();
  std::string const name = why.run_id ? to_text(*why.run_id) : why.subject;
  fmt::print(out, "{} {}\n", name, console.painted(why.status, tone_of(why.status)));
  fmt::print(out, "  asked     {}\n", why.asked);
  if (!why.decisions.empty()) fmt::print(out, "  decided\n");
  show_decisions(out, why.decisions);
  if (why.truncated) fmt::print(out, "    ... and more: the ledger has all of them\n");
  fmt::print(out, "  cost      {}\n", why.cost);
  show_lines(out, "change", why.would_change);
  show_lines(out, "proof", why.proof);
}

ExitCode offline(Call& call, Options const& options) {
  auto ledger = open_ledger(call);
  if (!ledger) return report_no_ledger(call, ledger.error());
  auto const why = why_offline(call, *ledger, options.asked());
  if (!why) {
    if (why.error().code == "ledger_absent") return report_no_ledger(call, why.error());
    return report(call, ExitCode::no, why.error(),
                  why.error().code == "corrupt" ? "run tally ledger verify on this directory"
                                                : "tally ledger cat shows the ids there are");
  }
  if (call.json)
    write_json(call, wire::to_json(*why));
  else
    show_why(call.console, wire::for_people(*why));
  return ExitCode::yes;
}

ExitCode ask(Call& call, client::TallyClient& client, Options const& options) {
  bool const by_key = options.idempotency_key.has_value();
  return present(call,
                 by_key ? client.why({.subject = {}, .idempotency_key = *options.idempotency_key})
                        : client.why({.subject = *options.subject, .idempotency_key = {}}),
                 show_why);
}

Action declare_why(Arguments& arguments) {
  auto options = std::make_shared<Options>();
  arguments.option("subject", options->subject,
                   "run_..., dec_..., err_..., key_..., a correlation id (32 hex), or an "
                   "idempotency key");
  arguments.option("--idempotency-key", options->idempotency_key,
                   "An idempotency key that looks like one of the others");
  return [options](Call& call) {
    if (auto const wrong = objection(*options)) {
      call.console.complain("why: " + *wrong, "tally why --help shows an example");
      return ExitCode::usage;
    }
    if (call.offline) return offline(call, *options);
    return online(call, [&](client::TallyClient& client) { return ask(call, client, *options); });
  };
}

}  // namespace

std::span<Command const> why_commands() {
  static constexpr std::array<Command, 1> kRows{{
      {"why", "Says why something is as it is: asked, decided, cost, change, proof",
       "tally why run_0123456789abcdef", Reach::either, declare_why},
  }};
  return kRows;
}

}  // namespace tally::cli
