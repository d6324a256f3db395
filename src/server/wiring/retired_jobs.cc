#include "server/wiring/retired_jobs.h"

#include <fmt/format.h>

#include "domain/system_tenant.h"

namespace tally::wiring {

RetiredJobs retired_jobs(domain::State const& state, std::vector<ports::JobSpec> const& loaded) {
  RetiredJobs retired;
  state.jobs.each([&](JobName const& name, domain::run::JobKind const& job) {
    if (!job.retired) retired[name];
  });
  for (ports::JobSpec const& spec : loaded) retired.erase(spec.name);
  if (retired.empty()) return retired;
  for (auto const& [run, row] : state.runs.in_order())
    if (auto const at = retired.find(row.job);
        at != retired.end() && row.phase == domain::run::Phase::queued)
      at->second.push_back(run);
  return retired;
}

ports::ErrorReport report_of(JobName const& job, std::vector<RunId> const& waiting) {
  constexpr std::size_t kNamedMost = 5;  // the text of an error is short
  std::string named;
  for (std::size_t i = 0; i < waiting.size() && i < kNamedMost; ++i)
    named += (i == 0 ? ": " : " ") + to_text(waiting[i]);
  ports::ErrorReport report;
  report.severity = Severity::warning;
  report.exception_type = "job_retired";
  report.message = fmt::format("job {} is not among those of this start; {} of its runs wait{}",
                               job.value(), waiting.size(), named);
  report.context = {{"job", job.value()}, {"runs_waiting", std::to_string(waiting.size())}};
  return report;
}

std::map<JobName, std::string> not_loaded(domain::State const& state,
                                          std::vector<ports::JobSpec> const& loaded) {
  std::map<JobName, std::string> told;
  state.jobs.each([&](JobName const& name, domain::run::JobKind const&) {
    told[name] = "it is not among those that the server loaded when it started";
  });
  for (ports::JobSpec const& spec : loaded) told.erase(spec.name);
  return told;
}

std::set<Digest> copies_in_use(domain::State const& state,
                               std::vector<ports::JobSpec> const& loaded) {
  std::set<Digest> copies;
  for (ports::JobSpec const& spec : loaded) copies.insert(spec.hash);
  state.runs.each([&](RunId, domain::run::Row const& row) {
    if (!domain::run::is_final(row.phase)) copies.insert(row.job_hash.digest());
  });
  return copies;
}

std::set<JobName> commands_of_live_runs(domain::State const& state) {
  std::set<JobName> jobs;
  state.runs.each([&](RunId, domain::run::Row const& row) {
    if (!domain::run::is_final(row.phase) && row.runner == domain::run::Runner::command &&
        !domain::is_system(row.tenant))
      jobs.insert(row.job);
  });
  return jobs;
}

}  // namespace tally::wiring
