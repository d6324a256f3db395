#include "client/server_url.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace tally::client {

namespace {

tl::unexpected<Error> bad_url() {
  return fail("malformed",
              "a server URL looks like http://127.0.0.1:7070 or https://tally.example.com");
}

bool is_visible(char c) { return c > ' ' && c <= '~'; }

// "", ":7070"; a port from 1 to 65535.
bool is_port(std::string_view text) {
  if (text.empty()) return true;
  std::uint16_t port = 0;
  auto const* const end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data() + 1, end, port);
  return text.front() == ':' && error == std::errc() && stop == end && port != 0;
}

// "host:port" without a user's name.
bool is_authority(std::string_view text) {
  bool const bracketed = text.starts_with('[');
  auto const end = bracketed ? text.find(']') : text.find(':');
  if (bracketed && end == text.npos) return false;
  auto const host = bracketed ? text.substr(1, end - 1) : text.substr(0, end);
  auto const rest = text.substr(std::min(text.size(), bracketed ? end + 1 : end));
  return !host.empty() && host.find_first_of("@[]\\%") == host.npos && is_port(rest);
}

}  // namespace

Result<ServerUrl> parse_server_url(std::string_view text) {
  auto const scheme_end = text.find("://");
  auto const scheme = text.substr(0, scheme_end);
  if (scheme_end == text.npos || (scheme != "http" && scheme != "https")) return bad_url();
  if (!std::ranges::all_of(text, is_visible) || text.find_first_of("?#\\") != text.npos)
    return bad_url();
  auto const authority_at = scheme_end + 3;
  auto const path_at = std::min(text.find('/', authority_at), text.size());
  if (!is_authority(text.substr(authority_at, path_at - authority_at))) return bad_url();
  while (text.ends_with('/')) text.remove_suffix(1);
  return ServerUrl{std::string(text)};
}

}  // namespace tally::client
