#pragma once

// Every operation of the API (wire/endpoints.h) with what answers it here. Dispatch, OPTIONS, 405,
// the OpenAPI document and the page at /docs all read this table.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/exchange.h"
#include "api/rates.h"
#include "wire/endpoint.h"

namespace tally::api {

using Handler = void (*)(ExchangePtr);

struct Route : wire::Endpoint {
  Handler handler = nullptr;
  RateClass rate = RateClass::read;
};

std::span<Route const> routes();

struct RouteMatch {
  Route const* route = nullptr;         // none: no such path, or not with this method
  std::vector<std::string> parameters;  // in the order of the pattern
  std::string allow;                    // methods of the path for the Allow field; empty: none
};
RouteMatch match_route(std::string_view method, std::string_view path);

}  // namespace tally::api
