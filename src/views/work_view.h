#pragma once

// A leased run as its worker sees it.

#include "domain/run/row.h"
#include "wire/work_messages.h"

namespace tally::views {

struct LeasedRun {
  RunId run;
  domain::run::Row const& row;  // after the lease
  json::Value input;
  Instant leased_at;
  Instant expires_at;
  std::string traceparent;
};

wire::WorkItem work_view(LeasedRun leased);

}  // namespace tally::views
