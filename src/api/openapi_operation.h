#pragma once

// One operation of the OpenAPI document.

#include <map>

#include "wire/endpoint.h"

namespace tally::api {

// What operations share and name by a reference.
struct OpenApiParts {
  wire::Schemas schemas;
  std::map<std::string, json::Value> responses;
};

json::Value openapi_operation(wire::Endpoint const& endpoint, OpenApiParts& parts);

// "{path...}" is ours; OpenAPI knows "{path}".
std::string openapi_path(wire::Endpoint const& endpoint);

inline constexpr std::string_view kIdempotencyParameter = "IdempotencyKey";
inline constexpr std::string_view kIdempotencyRequiredParameter = "IdempotencyKeyRequired";
inline constexpr std::string_view kIfNoneMatchParameter = "IfNoneMatch";

}  // namespace tally::api
