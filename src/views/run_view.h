#pragma once

// A run as its submitter sees it.

#include <optional>

#include "domain/run/row.h"
#include "wire/run_messages.h"
#include "wire/work_messages.h"

namespace tally::views {

// What the row itself does not hold; each part is left out where it could not be read.
struct RunExtras {
  wire::Labels labels;
  std::optional<wire::Evidence> evidence;
  std::optional<ContentRef> result_ref;  // none: no result, a list, or its key was erased
  std::optional<std::string> stderr_tail;
  std::optional<wire::Waiting> waiting;
};

wire::Run run_view(RunId run, domain::run::Row const& row, RunExtras extras);

// How a hold ended. `reason` is the run's; `rounded_up` as the run's cost_rounded_up.
wire::Receipt receipt_view(domain::run::Charge const& charge, std::string reason, bool rounded_up);

// What a worker is told after a report.
wire::WorkAnswer work_answer_view(RunId run, domain::run::Row const& row);

wire::RunLinks run_links(RunId run);

}  // namespace tally::views
