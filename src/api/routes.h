#pragma once

// The whole API as one table: who may call what, what goes in, what comes out. Dispatch, OPTIONS,
// 405, the OpenAPI document and the page at /docs all read it.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/exchange.h"
#include "api/rates.h"
#include "wire/schema.h"

namespace tally::api {

using Handler = void (*)(ExchangePtr);
using SchemaMaker = json::Value (*)(wire::Schemas&);

struct Route {
  std::string_view method;   // upper case; a GET answers HEAD too
  std::string_view pattern;  // "/v1/runs/{id}"; a last "{path...}" takes the rest
  std::string_view scope;    // that the key needs, one of several words; empty: open to all
  Handler handler = nullptr;
  RateClass rate = RateClass::read;
  int status = 200;                                  // of success
  std::string_view media_type = "application/json";  // of success
  std::string_view query = {};                       // known parameters, separated by spaces
  SchemaMaker request = nullptr;                     // of the body; none: no body is read
  SchemaMaker answer = nullptr;                      // of a JSON success
  std::string_view summary = {};
  bool also_json = false;  // a page that comes as JSON where Accept asks for it
};

std::span<Route const> routes();

// Whether a caller may name a request by an Idempotency-Key: what changes something, but for the
// reports of workers, whose lease and fence are one, and what is open without a key of ours.
bool takes_idempotency_key(Route const& route);

struct RouteMatch {
  Route const* route = nullptr;         // none: no such path, or not with this method
  std::vector<std::string> parameters;  // in the order of the pattern
  std::string allow;                    // methods of the path for the Allow field; empty: none
};
RouteMatch match_route(std::string_view method, std::string_view path);

template <wire::Message T>
json::Value schema_maker(wire::Schemas& schemas) {
  return wire::schema_of<T>(schemas);
}

}  // namespace tally::api
