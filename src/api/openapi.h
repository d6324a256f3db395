#pragma once

// The API as an OpenAPI 3.1 document, made from the descriptions of operations (wire/endpoint.h)
// and of messages, so that it cannot say anything else than what the server does.

#include <string>

#include "json/value.h"

namespace tally::api {

json::Value openapi_document(std::string const& version);

}  // namespace tally::api
