// tally approve, approvals: what waits for people, and who counts.

#include <fmt/ostream.h>

#include "cli/commands.h"
#include "cli/proposals.h"

namespace tally::cli {

ExitCode say_waiting(Call& call, ApprovalId approval, std::optional<std::string> const& what) {
  if (!call.json)
    fmt::print(call.console.out(), "waiting for approval: {}{}\n", to_text(approval),
               what ? " (" + *what + ")" : "");
  call.console.note(
      fmt::format("  next: another person who counts runs tally approve {}", to_text(approval)));
  return ExitCode::waiting;
}

ExitCode answer_proposal(Call& call, client::ClientResult<wire::ApprovalAnswer> const& asked,
                         std::string const& done) {
  if (!asked) return report(call, asked.error());
  bool const waits = asked->message.outcome == "needs_approval";
  if (call.json)
    write_json(call, asked->body);
  else if (!waits)
    fmt::print(call.console.out(), "{}{}\n", done, if_repeated(call));
  if (!waits) return ExitCode::yes;
  return say_waiting(call, asked->message.approval_id.value_or(ApprovalId{}), asked->message.what);
}

std::string charge_text(wire::Receipt const& receipt) {
  std::string text = fmt::format("{} USD of its hold", format_usd(receipt.charged_usd));
  if (receipt.released_usd > Micros(0))
    text += fmt::format(", {} released", format_usd(receipt.released_usd));
  if (!receipt.overrun_usd) return text;
  return text + fmt::format("; {} above it: {} paid out of what was available, {} owed",
                            format_usd(*receipt.overrun_usd),
                            format_usd(receipt.paid_usd.value_or(Micros(0))),
                            format_usd(receipt.owed_usd.value_or(Micros(0))));
}

namespace {

Action declare_approve(Arguments& arguments) {
  auto approval = std::make_shared<ApprovalId>();
  arguments.option("approval", *approval, "apr_...").required();
  return [approval](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      auto const asked = client.approve(*approval);
      std::string done = "approved " + to_text(*approval);
      if (asked && asked->message.receipt)
        done += "; the run is charged " + charge_text(*asked->message.receipt);
      return answer_proposal(call, asked, done);
    });
  };
}

Action declare_withdraw(Arguments& arguments) {
  auto approval = std::make_shared<ApprovalId>();
  arguments.option("approval", *approval, "apr_...").required();
  return [approval](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      return answer_proposal(call, client.withdraw(*approval), "withdrew " + to_text(*approval));
    });
  };
}

Action declare_quorum(Arguments& arguments) {
  auto request = std::make_shared<wire::QuorumRequest>();
  arguments.option("people", request->quorum, "How many must agree, the proposer among them")
      .required();
  arguments.option("--reason", request->reason, "Why; it stands in the ledger").required();
  return [request](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      return answer_proposal(call, client.set_quorum(*request),
                             fmt::format("{} people must agree", request->quorum));
    });
  };
}

void show_approval(std::ostream& out, wire::Approval const& one) {
  fmt::print(out, "{}  {}  {} of {} people agree, {} missing  until {}\n", to_text(one.approval_id),
             one.kind, one.quorum - one.signatures_missing, one.quorum, one.signatures_missing,
             to_rfc3339(one.expires_at));
  fmt::print(out, "  {} asks: {}\n",
             one.proposer ? one.proposer->value() : "the configuration file", one.what);
  if (!one.reason.empty()) fmt::print(out, "  because: {}\n", one.reason);
  if (one.scope) fmt::print(out, "  {} to {}\n", *one.scope, one.mode.value_or("normal"));
  if (one.run_id && one.charge_usd)
    fmt::print(out, "  {} to be charged {} USD\n", to_text(*one.run_id),
               format_usd(*one.charge_usd));
  std::vector<std::string> names;
  for (PersonId const& person : one.may_sign) names.push_back(person.value());
  fmt::print(out, "  may sign: {}\n", fmt::join(names, ", "));
}

void show_people(std::ostream& out, wire::ApprovalList const& list) {
  if (list.single_operator)
    fmt::print(out, "single-operator mode: one person counts, and decides alone\n");
  else
    fmt::print(out, "{} people must agree, the proposer among them\n", list.quorum);
  for (wire::PendingSetting const& one : list.pending_settings)
    fmt::print(out, "{} of the server's configuration is {}, and {} is in force: {}\n", one.name,
               one.in_file, one.in_force,
               one.approval_id ? "it waits as " + to_text(*one.approval_id)
                               : "too few people count to agree to it");
  for (wire::Approver const& one : list.people) {
    if (one.counts && one.counts_until)
      fmt::print(out, "  {} counts until {}, and has no key that signs any more\n",
                 one.person.value(), to_rfc3339(*one.counts_until));
    else if (one.counts)
      fmt::print(out, "  {} counts\n", one.person.value());
    else if (one.counts_from)
      fmt::print(out, "  {} counts from {}\n", one.person.value(), to_rfc3339(*one.counts_from));
    else
      fmt::print(out, "  {} counts 24 h after a key of theirs is claimed\n", one.person.value());
  }
}

void show_approvals(std::ostream& out, wire::ApprovalList const& list) {
  if (list.approvals.empty()) fmt::print(out, "nothing waits for approval\n");
  for (wire::Approval const& one : list.approvals) show_approval(out, one);
  show_people(out, list);
}

Action declare_approvals(Arguments&) {
  return [](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      return present(call, client.approvals(), show_approvals);
    });
  };
}

}  // namespace

std::span<Command const> approval_commands() {
  static constexpr std::array<Command, 4> kRows{{
      {"approve", "Signs what another person asked for", "tally approve apr_0123456789abcdef",
       Reach::changes, declare_approve},
      {"approvals", "Lists what waits for approval, and who counts", "tally approvals",
       Reach::server, declare_approvals},
      {"withdraw", "Takes back what you asked for, before others sign",
       "tally withdraw apr_0123456789abcdef", Reach::changes, declare_withdraw},
      {"quorum", "Asks for another number of people who must agree",
       "tally quorum 3 --reason \"three of us share the pager\"", Reach::changes, declare_quorum},
  }};
  return kRows;
}

}  // namespace tally::cli
