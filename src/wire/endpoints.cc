#include "wire/endpoints.h"

namespace tally::wire {

std::span<Endpoint const* const> endpoints() {
  static std::vector<Endpoint const*> const all = [] {
    std::vector<Endpoint const*> rows;
    for (auto group : {runs_endpoints, admin_endpoints, operation_endpoints, evidence_endpoints,
                       server_endpoints})
      rows.insert(rows.end(), group().begin(), group().end());
    return rows;
  }();
  return all;
}

std::span<std::string const> keyed_routes() {
  static std::vector<std::string> const routes = [] {
    std::vector<std::string> names;
    for (Endpoint const* one : endpoints())
      if (one->keyed != Keyed::no) names.push_back(route_name(*one));
    return names;
  }();
  return routes;
}

}  // namespace tally::wire
