#include "views/why_asked.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "views/ops_view.h"
#include "views/why_rule.h"

namespace tally::views {

namespace {

namespace run = domain::run;
namespace directory = domain::directory;
namespace approval = domain::approval;
namespace system = domain::system;

std::string because(std::string const& reason) {
  return reason.empty() ? "" : ", because: " + reason;
}

// No default: a command without words does not compile.
std::string words(run::Submit const& one) {
  return fmt::format("a run of {} for at most {} USD", one.job.value(), format_usd(one.max_cost));
}
std::string words(run::Lease const& one) { return "work for " + one.worker; }
std::string words(run::Start const&) { return "the start of the work"; }
std::string words(run::Complete const&) { return "the end of the work, with its result"; }
std::string words(run::Fail const& one) {
  return fmt::format("the end of the work: it failed, {}", one.code);
}
std::string words(run::Cancel const&) { return "that the run is cancelled"; }
std::string words(run::Stop const&) { return "that the work is stopped, since a mode says so"; }
std::string words(run::Due const& one) {
  switch (one.kind) {
    case run::DueKind::lease:
      return "nobody: the time of its lease was over";
    case run::DueKind::queue:
      return "nobody: its time in the queue was over";
    case run::DueKind::limit:
      return "nobody: its limit and the grace after it were over";
    case run::DueKind::process:
      return "nobody: the server that worked on it had ended, and its lease with it";
  }
  return "nobody: a deadline came";
}
std::string words(run::Reconcile const&) {
  return "what was found of the work whose worker went silent";
}
std::string words(run::ProposeResolution const& one) {
  return fmt::format("a charge of {} USD for the audited run{}", format_usd(one.charge),
                     because(one.reason));
}
std::string words(domain::budget::Grant const& one) {
  return fmt::format("a grant of {} USD to tenant {}", format_usd(one.amount), one.tenant.value());
}
std::string words(domain::budget::Withdraw const& one) {
  return fmt::format("{} USD back from tenant {}", format_usd(one.amount), one.tenant.value());
}
std::string words(directory::CreateTenant const& one) {
  return fmt::format("a tenant {} with the plan {}", one.tenant.value(), one.plan.value());
}
std::string words(directory::AddPerson const& one) {
  return fmt::format("{} as {}", one.subject.value(), fmt::join(one.roles, ", "));
}
std::string words(directory::RemovePerson const& one) {
  return fmt::format("the removal of {}", one.subject.value());
}
std::string words(directory::CreateKey const& one) {
  return fmt::format("a key of {} for tenant {}", one.owner.value(), one.tenant.value());
}
std::string words(directory::ClaimKey const& one) {
  return fmt::format("the token of {}, by its claim code", to_text(one.key));
}
std::string words(directory::ShowClaimCode const& one) {
  return fmt::format("the claim code of {}", to_text(one.key));
}
std::string words(directory::RevokeKey const& one) {
  return fmt::format("the end of {}", to_text(one.key));
}
std::string words(directory::SetPlan const& one) {
  return fmt::format("the plan {}", one.plan.value());
}
std::string words(directory::RegisterJob const& one) {
  return fmt::format("the job kind {}, which a start loaded", one.job.name.value());
}
std::string words(directory::RetireJob const& one) {
  return fmt::format("no new runs of {}, which a start did not load", one.job.value());
}
std::string words(domain::mode::Set const& one) {
  return fmt::format("{} mode for {}{}", name_of(one.mode), scope_text(one.scope),
                     because(one.reason));
}
std::string words(approval::Sign const& one) {
  return fmt::format("a signature under {}", to_text(one.approval));
}
std::string words(approval::Withdraw const& one) {
  return fmt::format("that {} is withdrawn", to_text(one.approval));
}
std::string words(approval::Expire const& one) {
  return fmt::format("nobody: the time to sign {} was over", to_text(one.approval));
}
std::string words(approval::End const& one) {
  return fmt::format("the end of {}, which can come to nothing", to_text(one.approval));
}
std::string words(system::Opened const&) { return "a new ledger"; }
std::string words(system::ServerStarted const&) { return "a start of the server"; }
std::string words(system::CheckpointSigned const&) { return "a signed checkpoint"; }
std::string words(system::RefusalsCounted const&) { return "a record of counted refusals"; }
std::string words(system::ArchiveAdvanced const&) {
  return "that what ended long ago leaves memory";
}
std::string words(system::ChangeSettings const& one) {
  std::string text;
  for (domain::SettingValue const& asked : one.values) {
    domain::Setting const* setting = domain::find_setting(asked.name);
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : ", ", asked.name,
                    setting ? setting_text(*setting, asked.value) : std::to_string(asked.value));
  }
  return text + because(one.reason);
}
std::string words(system::ClockStepped const&) {
  return "a record that the machine's clock was set";
}
std::string words(domain::error::Recorded const&) { return "a record of an error"; }
std::string words(domain::schedule::Set const& one) {
  return fmt::format("that {} runs {}, next at {}", one.name.value(), rule_text(one.rule),
                     to_rfc3339(one.next));
}
std::string words(domain::schedule::Fire const& one) {
  return fmt::format("the run of {} that was due at {}", one.name.value(), to_rfc3339(one.slot));
}

}  // namespace

std::string asked_words(domain::Command const& command) {
  return std::visit(
      [](auto const& group) {
        return std::visit([](auto const& one) { return words(one); }, group);
      },
      command);
}

}  // namespace tally::views
