#include "server/job_kinds.h"

#include <algorithm>
#include <iterator>

namespace tally::server {

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
                    "\"worker\""});
        continue;
      }
      TRY_VOID(platform::write_job_snapshot(copies, job));
      kinds.serve.push_back(job.spec);
    }
  }
  return kinds;
}

void report_refused(std::vector<platform::RefusedJob> const& refused, Log const& log,
                    wiring::Node& node) {
  for (auto const& one : refused) {
    constexpr std::string_view kMessage = "a job kind was refused; the others serve";
    log.write_now({.severity = Severity::error, .message = kMessage, .detail = one.why});
    ports::ErrorReport report;
    report.severity = Severity::error;
    report.exception_type = "job_kind_refused";
    report.message = kMessage;
    report.chain = {{"validation_error", one.why}};
    ports::ErrorReporter<Layer::L6>(&node.errors(), "jobs")
        .report<ErrorClass::system_configuration>(std::move(report));
  }
}

}  // namespace tally::server
