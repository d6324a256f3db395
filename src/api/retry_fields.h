#pragma once

// The fields of an answer that say whether the same request may be sent again: Retry-After
// (RFC 9110 section 10.2.3) where time helps, `x-should-retry: false` where nothing does, as the
// table of problem kinds has it (wire/problem_catalog.h).

#include "ports/http.h"
#include "wire/problem.h"

namespace tally::api {

void append_retry_fields(ports::HttpHeaders& headers, wire::Problem const& problem);

}  // namespace tally::api
