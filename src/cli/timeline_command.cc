// tally timeline.

#include <fmt/ostream.h>

#include "cli/commands.h"
#include "cli/online.h"
#include "cli/shown.h"
#include "cli/table.h"

namespace tally::cli {

namespace {

std::string text_of(json::Value const& from, std::string_view name) {
  json::Value const* member = from.find(name);
  return member == nullptr || member->string() == nullptr ? "" : *member->string();
}

std::string amount_of(json::Value const& micros) {
  return micros.integer() == nullptr ? "" : format_usd(Micros(*micros.integer()));
}

// What moved: [[account, delta, balance], ...] as the ledger has them, in USD.
std::string postings_text(json::Value const& body) {
  json::Value const* postings = body.find("postings");
  std::string text;
  if (postings == nullptr || postings->array() == nullptr) return text;
  for (json::Value const& one : *postings->array()) {
    json::Value const* account = one.find("account");
    json::Value const* delta = one.find("delta");
    if (account == nullptr || account->string() == nullptr || delta == nullptr) continue;
    bool const gains = delta->integer() != nullptr && *delta->integer() > 0;
    text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", *account->string(), gains ? "+" : "",
                        amount_of(*delta));
  }
  return text;
}

// The members that say most, in the order in which people ask for them.
std::string about(json::Value const& event) {
  json::Value const* body = event.find("body");
  if (body == nullptr) return {};
  std::string text;
  std::string last;
  auto const add = [&](std::string const& part) {
    if (part.empty() || part == last) return;
    text += (text.empty() ? "" : "; ") + part;
    last = part;
  };
  for (std::string_view name : {"job", "worker", "phase", "reason", "code", "error_code",
                                "error_detail", "detail", "tenant", "person", "mode"})
    add(text_of(*body, name));
  add(postings_text(*body));
  return text;
}

void show_timeline(Console& console, wire::Timeline const& timeline) {
  Table table({{.head = "TIME (UTC)"},
               {.head = "SEQ", .align = Table::Align::right},
               {.head = "EVENT"},
               {.head = "RUN"},
               {.head = "WHAT"}});
  for (wire::EventItem const& item : timeline.events) {
    json::Value const* micros = item.event.find("at");
    Instant const at(micros == nullptr || micros->integer() == nullptr ? 0 : *micros->integer());
    std::string run = text_of(item.event, "run_id");
    table.add({{.text = day_text(at) + " " + clock_text(at)},
               {.text = std::to_string(item.seq)},
               {.text = text_of(item.event, "type")},
               {.text = run.empty() ? "-" : std::move(run)},
               {.text = about(item.event)}});
  }
  table.print(console);
  if (timeline.truncated)
    fmt::print(console.out(), "and more: tally ledger cat --data DIR has all events\n");
}

// A run's timeline is that of the request that submitted it.
ExitCode timeline(Call& call, client::TallyClient& client, std::string const& subject) {
  auto correlation = parse_correlation_id(subject);
  if (auto const run = parse_id<RunId>(subject)) {
    auto const found = client.run(*run);
    if (!found) return report(call, found.error());
    correlation = parse_correlation_id(found->message.correlation_id);
  }
  if (!correlation) {
    call.console.complain(fmt::format("timeline: \"{}\" is no run and no correlation id", subject),
                          "tally timeline --help shows an example");
    return ExitCode::usage;
  }
  return present(call, client.timeline(*correlation), show_timeline);
}

Action declare_timeline(Arguments& arguments) {
  auto subject = std::make_shared<std::string>();
  arguments.option("subject", *subject, "A correlation id (32 hex), or run_...").required();
  return [subject](Call& call) {
    return online(call,
                  [&](client::TallyClient& client) { return timeline(call, client, *subject); });
  };
}

}  // namespace

std::span<Command const> timeline_commands() {
  static constexpr std::array<Command, 1> kRows{{
      {"timeline", "Shows all events of one request, a line each",
       "tally timeline run_0123456789abcdef", Reach::server, declare_timeline},
  }};
  return kRows;
}

}  // namespace tally::cli
