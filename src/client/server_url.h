#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tally::client {

// Where a server is: "https://host:port/base", in text that a request's path can be put behind.
struct ServerUrl {
  std::string text;  // without a slash at its end
  bool operator==(ServerUrl const&) const = default;
};

// Takes "http[s]://host[:port][/base][/]"; a host may be an IPv6 address in brackets, a base path
// is where a proxy shows the server. Error: malformed, with what to write.
Result<ServerUrl> parse_server_url(std::string_view text);

}  // namespace tally::client
