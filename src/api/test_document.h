#pragma once

// The published document held against what the server really answers: every answer of every test
// of this folder passes here (test_world.h).

#include <string>
#include <string_view>

#include "json/value.h"
#include "ports/http.h"

namespace tally::api {

// What is wrong with this answer by the document: its status, form, fields, members, values. Empty
// where nothing is, where no operation was meant, and of the later ones of a flood of the same.
std::string not_as_described(std::string_view method, std::string_view path,
                             ports::HttpResponse const& answer);

// What is wrong with a value by a schema of the document; empty: nothing. A keyword that this
// checker does not know is wrong too.
std::string not_as_schema(json::Value const& schema, json::Value const& value);

}  // namespace tally::api
