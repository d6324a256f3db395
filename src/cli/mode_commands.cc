// tally mode, halt, resume.

#include <fmt/ostream.h>

#include "cli/commands.h"
#include "cli/proposals.h"
#include "cli/shown.h"
#include "cli/table.h"
#include "cli/way_out.h"

namespace tally::cli {

namespace {

constexpr std::string_view kEverything = "everything";
constexpr std::array<std::string_view, 3> kRaised{"safe", "stop", "halt"};

// One scope at most; none means everything.
struct ModeOptions {
  std::string mode = "normal";
  std::string reason;
  std::optional<TenantId> tenant;
  std::optional<JobName> job;
  std::optional<KeyId> key;
  std::optional<RunId> run;

  std::string scope() const {
    if (tenant) return "tenant:" + tenant->value();
    if (job) return "job:" + job->value();
    if (key) return "key:" + to_text(*key);
    if (run) return "run:" + to_text(*run);
    return std::string(kEverything);
  }
};

void declare_scope(Arguments& arguments, ModeOptions& options) {
  arguments.exclusive({arguments.option("--tenant", options.tenant, "Only this tenant"),
                       arguments.option("--job", options.job, "Only this job kind"),
                       arguments.option("--key-id", options.key, "Only this key"),
                       arguments.option("--run", options.run, "Only this run")});
}

// Where such names are to be found.
std::string_view names_of(ModeOptions const& options) {
  if (options.tenant) return "tally tenant list shows the tenants";
  if (options.job) return "GET /v1/jobs shows the job kinds that the server has loaded";
  if (options.key) return "tally key list shows the keys";
  if (options.run) return "tally run list shows the runs";
  return "tally mode shows what is in force";
}

// The server says what there is; which name was meant, only we know.
ExitCode no_such_scope(Call& call, ModeOptions const& options, wire::Problem const& problem) {
  call.console.complain(fmt::format("there is no {}: {}", options.scope(), problem.detail),
                        names_of(options));
  return ExitCode::no;
}

ExitCode send_mode(Call& call, ModeOptions const& options) {
  return online(call, [&](client::TallyClient& client) {
    auto const asked =
        client.set_mode({.mode = options.mode, .scope = options.scope(), .reason = options.reason});
    if (!asked && asked.error().problem && asked.error().problem->code == "not_found" && !call.json)
      return no_such_scope(call, options, *asked.error().problem);
    ExitCode const code = answer_proposal(
        call, asked, fmt::format("{} is in {} mode", options.scope(), options.mode));
    bool const may_leave_others = options.mode == "normal" && options.scope() == kEverything;
    if (asked && (call.repeated || may_leave_others))
      call.console.note("  next: tally mode shows what is in force now, also for single scopes");
    if (!asked && asked.error().problem && asked.error().problem->code == "conflict")
      call.console.note("  tally mode shows what is in force, and the command that leaves it");
    return code;
  });
}

Action set_mode(Arguments& arguments, std::shared_ptr<ModeOptions> options) {
  arguments.option("--reason", options->reason, "Why; it stands in the ledger").required();
  declare_scope(arguments, *options);
  return [options](Call& call) { return send_mode(call, *options); };
}

void show_modes(Console& console, wire::ModeReport const& report) {
  if (report.scopes.empty()) fmt::print(console.out(), "everything is in normal mode\n");
  if (report.scopes.empty()) return;
  Table table({{.head = "SCOPE"}, {.head = "MODE"}, {.head = "SINCE (UTC)"}, {.head = "WHY"}});
  for (wire::Mode const& one : report.scopes)
    table.add({{.text = one.scope},
               {.text = one.mode, .tone = Tone::bad},
               {.text = one.since ? moment_text(*one.since) : "-"},
               {.text = one.reason}});
  table.print(console);
  bool const several = report.scopes.size() > 1;
  for (wire::Mode const& one : report.scopes)
    fmt::print(console.out(), "a person ends {}: {}\n", several ? one.scope : "it",
               way_out({.mode = one.mode,
                        .scope = one.scope,
                        .next_mode = one.next_mode,
                        .safe_until = one.safe_until}));
}

// Without a mode it shows what is in force.
Action declare_mode(Arguments& arguments) {
  auto options = std::make_shared<ModeOptions>();
  options->mode.clear();
  arguments.option("mode", options->mode, "The mode to set; what is in force, when left out")
      .one_of(kWords<Mode>);
  arguments.option("--reason", options->reason, "Why; it stands in the ledger");
  declare_scope(arguments, *options);
  return [options](Call& call) {
    if (!options->mode.empty() && !options->reason.empty()) return send_mode(call, *options);
    bool const sets_something = !options->mode.empty() || !options->reason.empty() ||
                                options->scope() != kEverything || call.idempotency_key;
    if (sets_something) {
      call.console.complain("mode: a mode is set with its reason, and shown without options",
                            "tally mode stop --reason TEXT, or tally mode alone");
      return ExitCode::usage;
    }
    return online(call, [&](client::TallyClient& client) {
      return present(call, client.modes(), show_modes);
    });
  };
}

Action declare_halt(Arguments& arguments) {
  auto options = std::make_shared<ModeOptions>();
  arguments
      .option("--mode", options->mode,
              "safe: no new runs; stop: nothing executes; halt: only record and inspect, and "
              "lifted to safe mode alone, which then stands for 48 h before tally resume")
      .required()
      .one_of(kRaised);
  return set_mode(arguments, options);
}

Action declare_resume(Arguments& arguments) {
  return set_mode(arguments, std::make_shared<ModeOptions>());
}

}  // namespace

std::span<Command const> mode_commands() {
  static constexpr std::array<Command, 3> kRows{{
      {"mode", "Shows which modes are in force and why, or sets one",
       "tally mode safe --tenant acme --reason \"its bill looks wrong\"", Reach::changes,
       declare_mode},
      {"halt", "Stops everything, or one tenant, job, key or run",
       "tally halt --mode stop --job log-patterns --reason \"it charges too much\"", Reach::changes,
       declare_halt},
      {"resume", "Asks to go back to normal; out of stop by approval, out of halt by way of safe",
       "tally resume --job log-patterns --reason \"the price is mended\"", Reach::changes,
       declare_resume},
  }};
  return kRows;
}

}  // namespace tally::cli
