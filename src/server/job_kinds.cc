#include "server/job_kinds.h"

#include <algorithm>
#include <iterator>
#include <sstream>

#include "domain/error/engine.h"
#include "domain/system_tenant.h"

namespace tally::server {

namespace {

// The faults as the causes of one error, which are few and short: the file is named once, and as
// many stand in one as find place.
std::vector<std::string> causes_of(platform::RefusedJob const& refused) {
  using domain::error::kCausesMax;
  using domain::error::kTextBytesMax;
  std::string const file = refused.folder + "/job.toml:";
  std::vector<std::string> causes;
  std::size_t more = 0;
  std::istringstream faults(refused.why);
  for (std::string fault; std::getline(faults, fault);) {
    if (!causes.empty() && fault.starts_with(file)) fault = "line " + fault.substr(file.size());
    bool const fits = !causes.empty() && causes.back().size() + 2 + fault.size() <= kTextBytesMax;
    if (fits)
      causes.back() += "; " + fault;
    else if (causes.size() + 1 < kCausesMax)
      causes.push_back(std::move(fault));
    else
      ++more;
  }
  if (more > 0) causes.push_back("and " + std::to_string(more) + " more");
  return causes;
}

}  // namespace

Result<JobKinds> load_job_kinds(std::vector<std::string> const& folders,
                                std::string const& copies) {
  JobKinds kinds;
  for (std::string const& folder : folders) {
    TRY(loaded, platform::load_all_jobs(folder));
    std::ranges::move(loaded.refused, std::back_inserter(kinds.refused));
    for (platform::JobFolder const& job : loaded.jobs) {
      if (job.spec.runner == ports::JobRunnerKind::caller) {
        kinds.refused.push_back(
            {.folder = folder,
             .why = "job " + job.spec.name.value() +
                    ": runner \"caller\" is not one this version executes; use \"command\" or "
                    "\"worker\"",
             .name = job.spec.name});
        continue;
      }
      if (domain::is_system(job.spec.name)) {
        kinds.refused.push_back({.folder = folder,
                                 .why = "job " + job.spec.name.value() +
                                        ": names that begin with \"system.\" are those of the "
                                        "server's own work; choose another",
                                 .name = job.spec.name});
        continue;
      }
      TRY_VOID(platform::write_job_snapshot(copies, job));
      kinds.serve.push_back(job.spec);
    }
  }
  return kinds;
}

std::map<JobName, std::string> told_of(std::vector<platform::RefusedJob> const& refused) {
  std::map<JobName, std::string> told;
  for (auto const& one : refused)
    if (!one.name.value().empty())
      told.emplace(one.name,
                   "it was refused when the server started; an operator reads why with tally "
                   "errors --component start");
  return told;
}

ports::ErrorReport report_of(platform::RefusedJob const& refused) {
  ports::ErrorReport report;
  report.severity = Severity::error;
  report.exception_type = "job_kind_refused";
  report.message = "a job kind was refused; the others serve";
  if (!refused.name.value().empty()) report.context = {{"job", refused.name.value()}};
  for (std::string& cause : causes_of(refused))
    report.chain.emplace_back("validation_error", std::move(cause));
  return report;
}

void report_refused(std::vector<platform::RefusedJob> const& refused, wiring::Node& node) {
  ports::ErrorReporter<Layer::L6> const start(&node.errors(), "start");
  for (auto const& one : refused) start.report<ErrorClass::system_configuration>(report_of(one));
}

}  // namespace tally::server
