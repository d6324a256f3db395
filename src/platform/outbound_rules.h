#pragma once

// What may be sent outward, and which way. Rules over text alone.

#include <optional>
#include <string_view>

#include "ports/outbound.h"

namespace tally::platform {

// Why this is no request to be sent, or nothing: what could break out of its line, a header that
// is the port's own, a redirect to be followed by another method than GET or HEAD. The URL is
// looked at by libcurl's own parser.
std::optional<std::string_view> unsendable(ports::OutboundRequest const& request);

// GET and HEAD: what may be sent a second time by itself.
bool is_repeatable(std::string_view method);

// localhost and what ends in .localhost, 127.0.0.0/8, ::1. The host as in a URL, in lower case.
bool is_loopback(std::string_view host);

}  // namespace tally::platform
