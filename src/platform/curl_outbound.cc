#include "platform/curl_outbound.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "base/check.h"
#include "platform/curl_transfer.h"
#include "platform/outbound_rules.h"

namespace tally::platform {

namespace {

using ports::OutboundFailure;
using ports::OutboundFate;
using ports::OutboundReply;
using ports::OutboundRequest;
using ports::OutboundResult;

constexpr char kSchemes[] = "http,https";

// What libcurl calls back. An exception would have to pass through C.
std::size_t on_head(char* bytes, std::size_t size, std::size_t count, void* to) noexcept {
  auto& transfer = *static_cast<CurlTransfer*>(to);
  return transfer.take_head_line({bytes, size * count}) ? size * count : 0;
}
std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* to) noexcept {
  auto& transfer = *static_cast<CurlTransfer*>(to);
  return transfer.take_body({bytes, size * count}) ? size * count : 0;
}
int on_begin(void* to, char* /*their_address*/, char* /*ours*/, int /*their_port*/,
             int /*ours*/) noexcept {
  return static_cast<CurlTransfer*>(to)->begin() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}
// Closed in every program that is started meanwhile; libcurl 7.88 leaves its sockets open there.
curl_socket_t on_socket(void* /*to*/, curlsocktype /*purpose*/, curl_sockaddr* address) noexcept {
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

struct UrlParts {
  std::string scheme;
  std::string host;
  std::string port;
  bool operator==(UrlParts const&) const = default;
};

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  std::string out(text);
  curl_free(text);
  return out;
}

// As libcurl will read it.
std::optional<UrlParts> parts_of(std::string const& text) {
  std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> const url(curl_url(), &curl_url_cleanup);
  TALLY_CHECK(url != nullptr, "libcurl has memory for a URL");
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK)
    return std::nullopt;
  UrlParts parts{.scheme = part_of(url.get(), CURLUPART_SCHEME),
                 .host = part_of(url.get(), CURLUPART_HOST),
                 .port = part_of(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT)};
  std::ranges::transform(parts.host, parts.host.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  bool const known = parts.scheme == "http" || parts.scheme == "https";
  if (!known || !text.starts_with(parts.scheme + "://") || text.find('#') != text.npos)
    return std::nullopt;
  return parts;
}

// libcurl counts in milliseconds, and takes 0 for ever.
long milliseconds_of(Duration time) {
  auto const bounded = std::clamp(time, Duration(1), ports::kOutboundTimeoutMax);
  return (bounded.value() + 999) / 1000;
}

OutboundFailure not_sent(std::string_view why) {
  return {.fate = OutboundFate::not_sent,
          .error = {"malformed", "the request cannot be sent: " + std::string(why), ""},
          .status = 0};
}

struct HeaderList {
  curl_slist* first = nullptr;
  HeaderList() = default;
  HeaderList(HeaderList const&) = delete;
  HeaderList& operator=(HeaderList const&) = delete;
  ~HeaderList() { curl_slist_free_all(first); }
  void add(std::string const& line) {
    auto* const longer = curl_slist_append(first, line.c_str());
    TALLY_CHECK(longer != nullptr, "libcurl has memory for a header");
    first = longer;
  }
};

bool has(ports::HttpHeaders const& headers, std::string_view name) {
  return std::ranges::any_of(headers, [&](auto const& header) {
    return header.first.size() == name.size() &&
           std::ranges::equal(header.first, name,
                              [](char a, char b) { return (a | 0x20) == (b | 0x20); });
  });
}

// "Name;" is libcurl's way to write a header without a value, "Name:" removes one of its own.
void fill(HeaderList& list, ports::HttpHeaders const& headers) {
  for (auto const& [name, value] : headers)
    list.add(value.empty() ? name + ";" : name + ": " + value);
  for (std::string_view own : {"Accept", "Content-Type"})
    if (!has(headers, own)) list.add(std::string(own) + ":");
  list.add("Expect:");  // nobody waits for 100 Continue before a large body
}

// Two lengths that differ: whoever stands in between may have seen another end than we.
bool lengths_differ(OutboundReply const& reply) {
  auto const first = reply.header("content-length");
  return std::ranges::any_of(reply.headers, [&](auto const& header) {
    return header.first == "content-length" && header.second != first;
  });
}

// A body that ends with its connection. libcurl 7.88 takes the end of TCP for the end of TLS, so
// whoever stands in between could cut it where he likes.
bool could_be_cut(OutboundRequest const& request, OutboundReply const& reply) {
  bool const empty = request.method == "HEAD" || reply.status == 204 || reply.status == 304;
  return request.url.starts_with("https") && !empty && !has(reply.headers, "content-length") &&
         !has(reply.headers, "transfer-encoding");
}

}  // namespace

CurlLibrary::CurlLibrary() {
  ::unsetenv("SSLKEYLOGFILE");
  TALLY_CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK, "libcurl can be initialised");
}

CurlLibrary::~CurlLibrary() { curl_global_cleanup(); }

struct CurlOutbound::State {
  explicit State(CurlOutboundOptions given) : options(std::move(given)) { renew(); }
  ~State() { curl_easy_cleanup(handle); }
  State(State const&) = delete;
  State& operator=(State const&) = delete;

  template <class T>
  void set(CURLoption option, T value) {
    TALLY_CHECK(curl_easy_setopt(handle, option, value) == CURLE_OK, "libcurl knows its options");
  }
  void renew();
  bool is_stale();
  void set_constants();
  void set_way(UrlParts const& url);
  void set_request(OutboundRequest const& request, CurlTransfer& transfer);
  OutboundReply reply_of(int status, CurlTransfer& transfer);
  OutboundResult perform(OutboundRequest const& request);
  bool follow(OutboundRequest& request, OutboundReply const& reply);

  CurlOutboundOptions options;
  CURL* handle = nullptr;
  char told[CURL_ERROR_SIZE] = {};
};

// Closes what was open.
void CurlOutbound::State::renew() {
  curl_easy_cleanup(handle);
  handle = curl_easy_init();
  TALLY_CHECK(handle != nullptr, "libcurl makes a handle");
}

// Whether the kept connection has ended, or something stands there to be read: it would be taken
// for the answer to the next request.
bool CurlOutbound::State::is_stale() {
  curl_socket_t kept = CURL_SOCKET_BAD;
  if (curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &kept) != CURLE_OK) return true;
  if (kept == CURL_SOCKET_BAD) return false;
  char byte = 0;
  auto const got = ::recv(kept, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got >= 0 || (errno != EAGAIN && errno != EINTR);
}

void CurlOutbound::State::set_constants() {
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // a look-up that hangs does not keep us past the deadline
  set(CURLOPT_PROTOCOLS_STR, kSchemes);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_MAXCONNECTS, 1L);  // so that is_stale() asks about the right one
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_ERRORBUFFER, static_cast<char*>(told));
  set(CURLOPT_OPENSOCKETFUNCTION, &on_socket);
  set(CURLOPT_HEADERFUNCTION, &on_head);
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_PREREQFUNCTION, &on_begin);
  // libcurl's own directory of authorities stays in force beside a file, unless it is taken away.
  if (options.ca_file.empty()) return;
  set(CURLOPT_CAINFO, options.ca_file.c_str());
  set(CURLOPT_CAPATH, static_cast<char const*>(nullptr));
  set(CURLOPT_PROXY_CAINFO, options.ca_file.c_str());
  set(CURLOPT_PROXY_CAPATH, static_cast<char const*>(nullptr));
}

// Where these are not set, libcurl reads the environment.
void CurlOutbound::State::set_way(UrlParts const& url) {
  auto const& proxies = options.proxies;
  auto const& proxy = url.scheme == "https" ? proxies.https : proxies.http;
  set(CURLOPT_PROXY, is_loopback(url.host) ? "" : proxy.c_str());
  set(CURLOPT_NOPROXY, proxies.none_for.c_str());
}

void CurlOutbound::State::set_request(OutboundRequest const& request, CurlTransfer& transfer) {
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_TIMEOUT_MS, milliseconds_of(request.timeout));
  set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds_of(request.connect_timeout));
  set(CURLOPT_HEADERDATA, &transfer);
  set(CURLOPT_WRITEDATA, &transfer);
  set(CURLOPT_PREREQDATA, &transfer);
  bool const body = !request.body.empty() || request.method == "POST" || request.method == "PUT" ||
                    request.method == "PATCH";
  if (body) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(CURLOPT_POSTFIELDS, request.body.c_str());
  }
  if (request.method == "HEAD")
    set(CURLOPT_NOBODY, 1L);
  else if (request.method != "GET" || body)
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

OutboundReply CurlOutbound::State::reply_of(int status, CurlTransfer& transfer) {
  OutboundReply reply{.status = status, .headers = {}, .body = transfer.body()};
  curl_header* header = nullptr;
  while ((header = curl_easy_nextheader(handle, CURLH_HEADER, -1, header)) != nullptr) {
    auto& [name, value] = reply.headers.emplace_back(header->name, header->value);
    std::ranges::transform(name, name.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
  }
  return reply;
}

OutboundResult CurlOutbound::State::perform(OutboundRequest const& request) {
  auto const url = parts_of(request.url);
  if (!url) return tl::unexpected(not_sent("the URL is none of http or https, or names a user"));
  if (is_stale()) renew();
  curl_easy_reset(handle);
  CurlTransfer transfer(request);
  HeaderList headers;
  fill(headers, request.headers);
  set_constants();
  set_way(*url);
  set_request(request, transfer);
  set(CURLOPT_HTTPHEADER, headers.first);
  told[0] = '\0';
  CURLcode const code = curl_easy_perform(handle);
  Error error = error_of_curl(code, told);
  if (code == CURLE_OK && transfer.is_answered()) {
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    auto reply = reply_of(static_cast<int>(status), transfer);
    bool const sound = !lengths_differ(reply) && !could_be_cut(request, reply);
    if (sound) return reply;
    error = {"malformed", "the answer does not say where it ends", ""};
  } else if (code == CURLE_OK) {
    error = {"unreachable", "the connection ended in the middle of the answer", ""};
  }
  renew();
  return tl::unexpected(transfer.failure(std::move(error)));
}

// Turns `request` into the next one, if the reply is a redirect that is to be followed.
bool CurlOutbound::State::follow(OutboundRequest& request, OutboundReply const& reply) {
  if (reply.status < 301 || reply.status > 308 || reply.status == 304) return false;
  char* location = nullptr;
  curl_off_t spent = 0;
  curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, &location);
  curl_easy_getinfo(handle, CURLINFO_TOTAL_TIME_T, &spent);
  if (location == nullptr) return false;
  auto const from = parts_of(request.url);
  std::string const next(location, std::find(location, location + std::strlen(location), '#'));
  auto const to = parts_of(next);
  if (!from || !to || (from->scheme == "https" && to->scheme == "http")) return false;
  if (*from != *to) request.headers.clear();
  request.url = next;
  request.timeout = std::max(request.timeout - Duration(spent), Duration(1));
  --request.redirects_max;
  return true;
}

CurlOutbound::CurlOutbound(CurlLibrary const& /*library*/, CurlOutboundOptions options)
    : state_(std::make_unique<State>(std::move(options))) {}
CurlOutbound::~CurlOutbound() = default;

OutboundResult CurlOutbound::exchange(OutboundRequest const& request) {
  if (auto const why = unsendable(request)) return tl::unexpected(not_sent(*why));
  auto result = state_->perform(request);
  if (request.redirects_max == 0 || !result) return result;
  OutboundRequest next = request;
  while (result && next.redirects_max > 0 && state_->follow(next, *result))
    result = state_->perform(next);
  return result;
}

}  // namespace tally::platform
