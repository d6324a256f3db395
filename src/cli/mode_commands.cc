// tally halt, resume, approve, approvals.

#include <fmt/ostream.h>

#include "cli/commands.h"
#include "cli/online.h"

namespace tally::cli {

namespace {

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
    return "everything";
  }
};

ExitCode answer(Call& call, client::Asked<wire::ApprovalAnswer> const& asked,
                std::string const& done) {
  ExitCode const code =
      present(call, asked, [&](std::ostream& out, wire::ApprovalAnswer const& message) {
        if (message.outcome == "done") {
          fmt::print(out, "{}\n", done);
        } else {
          fmt::print(out, "waiting for approval{}\n",
                     message.approval_id ? ": " + to_text(*message.approval_id) : "");
        }
      });
  if (!asked || asked->message.outcome == "done") return code;
  if (asked->message.approval_id)
    call.console.note(fmt::format("  next: another person runs tally approve {}",
                                  to_text(*asked->message.approval_id)));
  return ExitCode::waiting;
}

Action set_mode(Arguments& arguments, std::shared_ptr<ModeOptions> options) {
  arguments.option("--reason", options->reason, "Why; it stands in the ledger").required();
  arguments.exclusive({arguments.option("--tenant", options->tenant, "Only this tenant"),
                       arguments.option("--job", options->job, "Only this job kind"),
                       arguments.option("--key-id", options->key, "Only this key"),
                       arguments.option("--run", options->run, "Only this run")});
  return [options](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      auto const asked = client.set_mode(
          {.mode = options->mode, .scope = options->scope(), .reason = options->reason});
      return answer(call, asked, fmt::format("{} is in {} mode", options->scope(), options->mode));
    });
  };
}

Action declare_halt(Arguments& arguments) {
  auto options = std::make_shared<ModeOptions>();
  arguments
      .option("--mode", options->mode,
              "safe: no new runs; stop: nothing executes; halt: only record and inspect")
      .required()
      .one_of(kRaised);
  return set_mode(arguments, options);
}

Action declare_resume(Arguments& arguments) {
  return set_mode(arguments, std::make_shared<ModeOptions>());
}

Action declare_approve(Arguments& arguments) {
  auto approval = std::make_shared<ApprovalId>();
  arguments.option("approval", *approval, "apr_...").required();
  return [approval](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      return answer(call, client.approve(*approval), "approved " + to_text(*approval));
    });
  };
}

void show_approvals(std::ostream& out, wire::ApprovalList const& list) {
  if (list.approvals.empty()) fmt::print(out, "nothing waits for approval\n");
  for (wire::Approval const& one : list.approvals) {
    fmt::print(out, "{}  {}  {} of {} people  until {}\n", to_text(one.approval_id), one.kind,
               one.signers.size(), one.quorum, to_rfc3339(one.expires_at));
    fmt::print(out, "  {} asks: {}\n", one.proposer.value(), one.reason);
    if (one.scope) fmt::print(out, "  {} to {}\n", *one.scope, one.mode.value_or("normal"));
    if (one.run_id)
      fmt::print(out, "  {} to be charged {} USD\n", to_text(*one.run_id),
                 format_usd(one.charge_usd.value_or(Micros(0))));
  }
}

Action declare_approvals(Arguments&) {
  return [](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      return present(call, client.approvals(), show_approvals);
    });
  };
}

}  // namespace

std::span<Command const> mode_commands() {
  static constexpr std::array<Command, 4> kRows{{
      {"halt", "Stops everything, or one tenant, job, key or run",
       "tally halt --mode stop --job log-patterns --reason \"it charges too much\"", Reach::server,
       declare_halt},
      {"resume", "Asks to go back to normal; leaving stop or halt takes approval",
       "tally resume --job log-patterns --reason \"the price is mended\"", Reach::server,
       declare_resume},
      {"approve", "Signs what another person asked for", "tally approve apr_0123456789abcdef",
       Reach::server, declare_approve},
      {"approvals", "Lists what waits for approval", "tally approvals", Reach::server,
       declare_approvals},
  }};
  return kRows;
}

}  // namespace tally::cli
