#include "wire/endpoint.h"

#include <algorithm>

namespace tally::wire {

namespace {

constexpr std::array<std::string_view, 5> kOfAll{"internal", "malformed", "not_acceptable",
                                                 "overloaded", "rate_limited"};
constexpr std::array<std::string_view, 5> kOfKeys{"auth_invalid", "auth_missing", "forbidden",
                                                  "outcome_unknown", "storage_unavailable"};
constexpr std::array<std::string_view, 3> kOfBodies{"payload_too_large", "unsupported_media_type",
                                                    "validation_error"};
constexpr std::array<std::string_view, 2> kOfIdempotencyKeys{"idempotency_key_missing",
                                                             "idempotency_key_reused"};

}  // namespace

std::string AnyScope::text() const {
  std::string text;
  for (KeyScope const scope : all_of(KeyScope{})) {
    if (!contains(scope)) continue;
    text += (text.empty() ? "" : " or ") + std::string(name_of(scope));
  }
  return text;
}

std::string route_name(Endpoint const& endpoint) {
  return std::string(endpoint.method) + " " + std::string(endpoint.pattern);
}

std::vector<ProblemKind const*> problems_of(Endpoint const& endpoint) {
  std::vector<ProblemKind const*> kinds;
  auto const add = [&kinds](auto const& codes) {
    for (std::string_view const code : codes) {
      auto const* kind = code.empty() ? nullptr : find_problem_kind(code);
      if (kind && std::ranges::find(kinds, kind) == kinds.end()) kinds.push_back(kind);
    }
  };
  add(endpoint.problems);
  add(kOfAll);
  // Whatever takes no parameters refuses those that are given all the same.
  add(std::array{std::string_view("validation_error")});
  if (endpoint.pattern.find('{') != std::string_view::npos)
    add(std::array{std::string_view("not_found")});
  if (!endpoint.scopes.empty()) add(kOfKeys);
  if (!endpoint.scopes.empty() && endpoint.method == "POST")
    add(std::array{std::string_view("halted")});
  if (endpoint.request) add(kOfBodies);
  if (endpoint.keyed != Keyed::no) add(kOfIdempotencyKeys);
  std::ranges::sort(kinds, {},
                    [](ProblemKind const* kind) { return std::pair(kind->status, kind->code); });
  return kinds;
}

}  // namespace tally::wire
