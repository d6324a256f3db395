#include "api/retry_fields.h"

#include "wire/problem_catalog.h"

namespace tally::api {

void append_retry_fields(ports::HttpHeaders& headers, wire::Problem const& problem) {
  switch (retry_of(wire::problem_kind(problem.code))) {
    case wire::Retry::later:
      if (problem.retry_after_s)
        headers.emplace_back("retry-after", std::to_string(*problem.retry_after_s));
      return;
    case wire::Retry::never:
      headers.emplace_back("x-should-retry", "false");
      return;
    case wire::Retry::unsaid:
      return;
  }
}

}  // namespace tally::api
