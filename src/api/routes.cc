#include "api/routes.h"

#include <algorithm>

#include "api/handlers.h"
#include "wire/endpoints.h"

namespace tally::api {

namespace {

// In the order of wire::endpoints().
std::vector<Route> all_routes() {
  std::vector<Route> all;
  for (auto group : {run_routes, submit_routes, budget_routes, work_routes, lease_routes,
                     admin_routes, key_routes, ops_routes, evidence_routes, why_routes,
                     error_routes, ledger_routes, health_routes, docs_routes})
    std::ranges::move(group(), std::back_inserter(all));
  std::ranges::stable_sort(all, {}, [](Route const& route) {
    return std::ranges::find(wire::endpoints(), route.id, &wire::Endpoint::id) -
           wire::endpoints().begin();
  });
  return all;
}

std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);  // the slash
  auto const slash = path.find('/');
  auto const segment = path.substr(0, slash);
  path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
  return segment;
}

bool fits(std::string_view pattern, std::string_view path, std::vector<std::string>& parameters) {
  parameters.clear();
  while (!pattern.empty() && !path.empty()) {
    if (pattern.starts_with("/{") && pattern.ends_with("...}") &&
        pattern.find('/', 1) == std::string_view::npos) {
      parameters.emplace_back(path.substr(1));
      return !parameters.back().empty();
    }
    auto const wanted = next_segment(pattern);
    auto const segment = next_segment(path);
    if (wanted.starts_with('{')) {
      if (segment.empty()) return false;
      parameters.emplace_back(segment);
    } else if (wanted != segment) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

}  // namespace

// Copies of what wire/ describes; made by the first who asks.
std::span<Route const> routes() {
  static std::vector<Route> const all = all_routes();
  return all;
}

RouteMatch match_route(std::string_view method, std::string_view path) {
  RouteMatch match;
  if (!path.starts_with('/')) return match;
  std::string_view const asked = method == "HEAD" ? "GET" : method;
  std::vector<std::string> parameters;
  std::string_view found;  // the first pattern that fits is the one, whatever its methods
  for (Route const& route : routes()) {
    if (!found.empty() && route.pattern != found) continue;
    if (!fits(route.pattern, path, parameters)) continue;
    found = route.pattern;
    match.allow += std::string(route.method) + (route.method == "GET" ? ", HEAD, " : ", ");
    if (route.method == asked && !match.route) {
      match.route = &route;
      match.parameters = parameters;
    }
  }
  if (!match.allow.empty()) match.allow += "OPTIONS";
  return match;
}

}  // namespace tally::api
