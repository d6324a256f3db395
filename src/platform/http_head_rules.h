#pragma once

// What a parsed request head must satisfy beyond its grammar, as pure functions.

#include <optional>
#include <string>
#include <string_view>

#include "platform/http_request_reader.h"
#include "ports/http.h"

namespace tally::platform {

// Compares ASCII without regard to case.
bool equals_ignoring_case(std::string_view a, std::string_view b);

// The request line before parsing: whether it names an HTTP version that we do not speak.
std::optional<HttpRefusal> check_version(std::string_view head);

// Splits a request target (RFC 9112 section 3.2: origin, absolute or asterisk form) into path and
// query; false when it is none of them.
bool split_target(std::string_view target, std::string& path, std::string& query);

enum class HttpContentCoding { none, identity, gzip };

struct HttpHeadFacts {
  bool http_1_0 = false;                               // given
  HttpContentCoding coding = HttpContentCoding::none;  // found out
};

// Host, framing, content coding and expectation. Header names are in lower case.
std::optional<HttpRefusal> check_head(ports::HttpRequest const& request, HttpHeadFacts& facts);

}  // namespace tally::platform
