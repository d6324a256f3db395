#include "platform/http_head_rules.h"

#include <algorithm>

namespace tally::platform {

using ports::HttpFault;

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

HttpRefusal malformed(char const* detail) { return {HttpFault::malformed, 400, detail}; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_alphanumeric(char c) {
  char const l = lower(c);
  return is_digit(c) || (l >= 'a' && l <= 'z');
}

// RFC 3986 host and port, as a set of characters: enough to keep separators of other fields out.
bool is_host(std::string_view host) {
  return std::all_of(host.begin(), host.end(), [](char c) {
    return is_alphanumeric(c) ||
           std::string_view("-._~%!$&'()*+;=:[]").find(c) != std::string_view::npos;
  });
}

struct Found {
  std::size_t times = 0;
  std::string_view value;
};

Found find(ports::HttpRequest const& request, std::string_view name) {
  Found found;
  for (auto const& [key, value] : request.headers) {
    if (key != name) continue;
    if (found.times++ == 0) found.value = value;
  }
  return found;
}

std::optional<HttpRefusal> check_host(ports::HttpRequest const& request, bool http_1_0) {
  auto const host = find(request, "host");
  if (host.times == 0 && !http_1_0) return malformed("the Host header is missing");
  if (host.times > 1) return malformed("the Host header is given more than once");
  if (!is_host(host.value)) return malformed("the Host header is not a host and port");
  return std::nullopt;
}

std::optional<HttpRefusal> check_framing(ports::HttpRequest const& request, bool http_1_0) {
  auto const coding = find(request, "transfer-encoding");
  auto const length = find(request, "content-length");
  if (coding.times > 0 && length.times > 0) {
    return malformed("Content-Length and Transfer-Encoding are given together");
  }
  if (length.times > 1) return malformed("Content-Length is given more than once");
  if (coding.times == 0) return std::nullopt;
  if (http_1_0) return malformed("HTTP/1.0 has no Transfer-Encoding");
  if (coding.times > 1 || !equals_ignoring_case(coding.value, "chunked")) {
    return HttpRefusal{HttpFault::unsupported_coding, 501,
                       "the only transfer coding understood is chunked"};
  }
  return std::nullopt;
}

std::optional<HttpRefusal> check_coding(ports::HttpRequest const& request,
                                        HttpContentCoding& coding) {
  auto const named = find(request, "content-encoding");
  if (named.times == 0) return std::nullopt;
  bool const gzip =
      equals_ignoring_case(named.value, "gzip") || equals_ignoring_case(named.value, "x-gzip");
  if (named.times > 1 || (!gzip && !equals_ignoring_case(named.value, "identity"))) {
    return HttpRefusal{HttpFault::unsupported_coding, 415,
                       "the only content coding understood is gzip"};
  }
  coding = gzip ? HttpContentCoding::gzip : HttpContentCoding::identity;
  return std::nullopt;
}

bool split_path(std::string_view text, std::string& path, std::string& query) {
  auto const question = text.find('?');
  path = text.substr(0, question);
  query = question == text.npos ? std::string_view{} : text.substr(question + 1);
  return true;
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<HttpRefusal> check_version(std::string_view head) {
  auto const line = head.substr(0, head.find('\r'));
  auto const version = line.substr(line.rfind(' ') + 1);
  bool const is_http = version.size() == 8 && version.substr(0, 5) == "HTTP/" &&
                       is_digit(version[5]) && version[6] == '.' && is_digit(version[7]);
  if (!is_http) return malformed("the request line does not end in an HTTP version");
  if (version == "HTTP/1.1" || version == "HTTP/1.0") return std::nullopt;
  return HttpRefusal{HttpFault::version, 505, "this server speaks HTTP/1.1 and HTTP/1.0"};
}

bool split_target(std::string_view target, std::string& path, std::string& query) {
  bool const plain = std::all_of(target.begin(), target.end(),
                                 [](char c) { return c > ' ' && c <= '~' && c != '#'; });
  if (!plain || target.empty()) return false;
  if (target.front() == '/') return split_path(target, path, query);
  if (target == "*") return split_path(target, path, query);
  for (std::string_view const scheme : {"http://", "https://"}) {
    if (!equals_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
    auto const rest = target.substr(scheme.size());
    auto const slash = std::min(rest.find('/'), rest.find('?'));
    if (rest.empty() || slash == 0) return false;
    split_path(slash == rest.npos ? std::string_view{} : rest.substr(slash), path, query);
    if (path.empty()) path = "/";
    return true;
  }
  return false;
}

std::optional<HttpRefusal> check_head(ports::HttpRequest const& request, HttpHeadFacts& facts) {
  if (auto refusal = check_host(request, facts.http_1_0)) return refusal;
  if (auto refusal = check_framing(request, facts.http_1_0)) return refusal;
  if (auto refusal = check_coding(request, facts.coding)) return refusal;
  auto const expect = find(request, "expect");
  if (expect.times > 0 && !equals_ignoring_case(expect.value, "100-continue")) {
    return HttpRefusal{HttpFault::malformed, 417,
                       "the only expectation understood is 100-continue"};
  }
  return std::nullopt;
}

}  // namespace tally::platform
