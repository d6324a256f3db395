#pragma once

// A blocking HTTP/1.1 client connection for the command line and for tests. It is kept open
// between exchanges and opened anew when the server has closed it meanwhile. One thread at a time.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace tally::client {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t reply_head_bytes_max = 64 * 1024;
constexpr std::size_t reply_body_bytes_max = 256 * 1024 * 1024;

struct HttpReply {
  int status = 0;
  HttpHeaders headers;  // names in lower case, in order of arrival
  std::string body;

  // First value of a header (name in lower case), or an empty view.
  std::string_view header(std::string_view name) const;
};

struct ServerUrl {
  std::string host;  // a name or an address; IPv6 without brackets
  std::uint16_t port = 0;
  bool operator==(ServerUrl const&) const = default;
};

// Takes "http://host[:port][/]" with port 80 by default. Error: malformed, with what to write.
Result<ServerUrl> parse_server_url(std::string_view text);

// Errors of all functions: unreachable (no connection, or it broke), timed_out, malformed (the
// answer is not HTTP, or the request could not be one). After unreachable or timed_out a request
// may have been carried out; send it again only with the same idempotency key.
class HttpConnection {
 public:
  static Result<HttpConnection> open(std::string host, std::uint16_t port, Duration timeout);
  HttpConnection(HttpConnection&&) noexcept;
  HttpConnection& operator=(HttpConnection&&) noexcept;
  ~HttpConnection();

  // Sends a request and waits for the whole reply, `timeout` in all. Host, Content-Length and
  // Connection are set here; `target` is a path with its query, percent-encoded.
  Result<HttpReply> exchange(std::string_view method, std::string_view target,
                             HttpHeaders const& headers, std::string_view body, Duration timeout);

 private:
  struct State;
  explicit HttpConnection(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tally::client
