#include "platform/outbound_rules.h"

#include <algorithm>
#include <array>

namespace tally::platform {

namespace {

constexpr std::array<std::string_view, 5> kOwnHeaders{"connection", "content-length", "expect",
                                                      "host", "transfer-encoding"};

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    bool const alphanumeric =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return alphanumeric || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return out;
}

}  // namespace

bool is_repeatable(std::string_view method) { return method == "GET" || method == "HEAD"; }

bool is_loopback(std::string_view host) {
  bool const numbers = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" ||
         (numbers && host.starts_with("127."));
}

std::optional<std::string_view> unsendable(ports::OutboundRequest const& request) {
  if (!is_token(request.method) || request.method.size() > ports::kOutboundMethodBytesMax)
    return "the method is no word that HTTP allows";
  if (request.url.size() > ports::kOutboundUrlBytesMax) return "the URL is too long";
  if (std::ranges::any_of(request.url, [](char c) { return is_control(c) || c == ' '; }))
    return "the URL contains a space or a line break";
  if (request.redirects_max > 0 && !is_repeatable(request.method))
    return "redirects are followed for GET and HEAD alone";
  for (auto const& [name, value] : request.headers) {
    if (!is_token(name)) return "the name of a header is no word that HTTP allows";
    if (std::ranges::find(kOwnHeaders, lower(name)) != kOwnHeaders.end())
      return "Host, Content-Length, Connection, Transfer-Encoding and Expect are not the caller's "
             "to set";
    if (std::ranges::any_of(value, [](char c) { return is_control(c) && c != '\t'; }))
      return "the value of a header contains a line break or another control character";
  }
  return std::nullopt;
}

}  // namespace tally::platform
