#pragma once

// Pages for people, made on the server from the same tables as the API: no script, no outside
// reference, readable offline under the strictest policy.

#include <string>

#include "wire/problem_catalog.h"

namespace tally::api {

inline constexpr std::string_view kPagePolicy =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

// What this is and where to go.
std::string home_page(std::string const& version);
std::string docs_page(std::string const& version);
std::string problem_page(wire::ProblemKind const& kind);
std::string problem_index_page();
std::string_view page_style();

}  // namespace tally::api
