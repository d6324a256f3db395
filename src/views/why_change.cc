#include "views/why_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "views/ops_view.h"
#include "views/why_rule.h"

namespace tally::views {

namespace {

using domain::run::Phase;
using domain::run::Row;

// Why a run failed says who can mend it. Codes of jobs and workers themselves are not in here.
struct Remedy {
  std::string_view code;
  std::string_view words;
};
constexpr std::array<Remedy, 9> kRemedies{{
    {"cost_limit", "a larger --max-cost, or work that ends within the one it had"},
    {"exit_nonzero", "mend the job or its input: the job itself said that it failed"},
    {"job_unknown", "start the server with the job kind that the run names"},
    {"lease_unusable", "mend what kept workers from beginning it: tally errors --run names it"},
    {"result_missing", "look at the worker: it left a receipt and no result"},
    {"signal", "mend the job or its input: a signal ended it that this server did not send"},
    {"stopped", "end the stop: tally mode shows which scope stands still, and why"},
    {"timeout", "a larger --timeout as far as the job allows one, or work that ends sooner"},
    {"worker_lost", "look at the worker: it stopped answering and left no receipt"},
}};

// The work of the server's own worker ends with the server.
constexpr std::string_view kOwnWorkerLost =
    "look at the server: its own worker ended with it, or hung, and the work left no receipt";

std::string remedy_of(Row const& row) {
  if (row.runner == domain::run::Runner::command && row.error_code == "worker_lost")
    return std::string(kOwnWorkerLost);
  auto const* at = std::ranges::find(kRemedies, row.error_code, &Remedy::code);
  return at == kRemedies.end() ? "mend what the error names" : std::string(at->words);
}

constexpr std::string_view kSubmitAgain =
    "then submit with a new idempotency key: the old one keeps this answer";

// What leaves a mode that stands.
std::string way_out(domain::mode::Scope const& scope, domain::mode::Row const& row) {
  using enum domain::mode::ScopeKind;
  std::string_view const option = scope.kind == tenant ? " --tenant "
                                  : scope.kind == job  ? " --job "
                                  : scope.kind == key  ? " --key-id "
                                  : scope.kind == run  ? " --run "
                                                       : "";
  std::string const resume = fmt::format("tally resume{}{} --reason TEXT", option, scope.id);
  if (row.mode == domain::mode::Mode::halt)
    return fmt::format(
        "tally mode safe{}{} --reason TEXT; safe mode then stands for 48 h, and after that {}",
        option, scope.id, resume);
  return row.safe_until ? fmt::format("from {} on {}", to_rfc3339(*row.safe_until), resume)
                        : resume;
}

// What a mode holds back, and who ends it.
void add_modes(RunId run, Row const& row, ModeOf const& mode_of,
               std::vector<std::string>& changes) {
  if (!mode_of) return;
  using Kind = domain::mode::ScopeKind;
  std::vector<domain::mode::Scope> scopes{{.id = {}, .kind = Kind::everything},
                                          {.id = row.tenant.value(), .kind = Kind::tenant},
                                          {.id = row.job.value(), .kind = Kind::job},
                                          {.id = to_text(run), .kind = Kind::run}};
  if (row.key) scopes.push_back({.id = to_text(*row.key), .kind = Kind::key});
  for (auto const& scope : scopes) {
    auto const* mode = mode_of(scope);
    if (mode == nullptr || mode->mode < domain::mode::Mode::stop) continue;
    changes.push_back(fmt::format("{} is in {} mode since {}, because: {}; {}", scope_text(scope),
                                  name_of(mode->mode), to_rfc3339(mode->since), mode->reason,
                                  way_out(scope, *mode)));
  }
}

std::vector<std::string> of_queued(Row const& row) {
  std::string const job = row.job.value();
  std::string const who =
      row.runner == domain::run::Runner::command
          ? fmt::format("a free slot of the server's own worker for {}", job)
          : fmt::format("a worker of tenant {} that leases {}", row.tenant.value(), job);
  return {who, fmt::format("without one it ends as expired, at no charge, {} after it was queued",
                           seconds_text(row.queue_wait))};
}

std::vector<std::string> of_end(RunId run, Row const& row) {
  if (row.phase == Phase::failed) {
    std::vector<std::string> changes{remedy_of(row), std::string(kSubmitAgain)};
    if (row.stderr_tail)
      changes.push_back(
          fmt::format("tally run show {} has the end of what it wrote to stderr", to_text(run)));
    return changes;
  }
  if (row.phase == Phase::expired)
    return {fmt::format("a worker that leases {} within {}", row.job.value(),
                        seconds_text(row.queue_wait)),
            std::string(kSubmitAgain)};
  return {"nothing: it has ended, and its charge is final"};
}

// Whether the debt was paid meanwhile, no event of the run says.
std::vector<std::string> of_ended(RunId run, Row const& row) {
  auto changes = of_end(run, row);
  Micros const owed = row.charge ? row.charge->owed : Micros(0);
  if (owed == Micros(0)) return changes;
  std::string const tenant = row.tenant.value();
  if (row.phase == Phase::succeeded || row.phase == Phase::cancelled)
    changes = {"of the run nothing: it has ended, and its charge is final"};
  changes.push_back(fmt::format(
      "the {} that it owed are a debt of tenant {}, and no run is accepted while one stands; tally "
      "budget show says what is owed now",
      format_usd(owed), tenant));
  changes.push_back(fmt::format(
      "a grant pays it, tally budget grant {} {} or more, and so does what other runs release",
      tenant, format_usd(owed)));
  return changes;
}

}  // namespace

std::vector<std::string> changes_of_run(RunId run, Row const& row, ModeOf const& mode_of) {
  if (is_final(row.phase)) return of_ended(run, row);
  std::string const id = to_text(run);
  std::vector<std::string> changes;
  if (row.phase == Phase::audit_required) {
    changes = {
        fmt::format("tally run resolve {} --charge USD --reason TEXT, and the signatures "
                    "that tally approvals then asks for",
                    id)};
  } else if (row.phase == Phase::queued) {
    changes = of_queued(row);
    changes.push_back("tally run cancel " + id);
  } else {
    changes = {
        fmt::format("its end, at the latest its time limit of {}", seconds_text(row.timeout)),
        "tally run cancel " + id};
  }
  add_modes(run, row, mode_of, changes);
  return changes;
}

std::vector<std::string> changes_of_refusal(domain::run::Refused const& refused,
                                            domain::Header const& header) {
  auto const& lack = refused.shortage;
  std::string const tenant = header.tenant ? header.tenant->value() : std::string("TENANT");
  std::vector<std::string> changes{fmt::format("tally budget grant {} {}, or more; {}", tenant,
                                               format_usd(lack.asked + lack.owed - lack.available),
                                               kSubmitAgain)};
  if (lack.available.value() > 0 && lack.owed.value() == 0)
    changes.push_back(
        fmt::format("a new key and a --max-cost of at most {}", format_usd(lack.available)));
  if (header.idempotency)
    changes.push_back("the key keeps this answer until " +
                      to_rfc3339(header.idempotency->expires_at));
  return changes;
}

}  // namespace tally::views
