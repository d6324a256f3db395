#include "server/listen.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "platform/http_server.h"

namespace tally::server {

namespace {

constexpr std::uint64_t kFilesOfItsOwn = 128;  // and of connections that are being refused
constexpr std::uint64_t kFilesOfAnExecution = 8;
constexpr std::uint64_t kConnectionsLeast = 16;

bool is_loopback(std::string const& host) {
  return host == "localhost" || host == "::1" || host == "[::1]" || host.starts_with("127.");
}

}  // namespace

Result<Listen> parse_listen(std::string const& text) {
  auto const colon = text.rfind(':');
  Listen listen;
  if (colon != std::string::npos) {
    listen.host = text.substr(0, colon);
    std::string_view const port = std::string_view(text).substr(colon + 1);
    auto const [end, fault] = std::from_chars(port.data(), port.data() + port.size(), listen.port);
    if (fault == std::errc{} && end == port.data() + port.size() && !listen.host.empty())
      return listen;
  }
  return fail("configuration", "--listen wants HOST:PORT, such as 127.0.0.1:7070");
}

Result<void> check_exposure(Listen const& listen, Config const& config) {
  if (is_loopback(listen.host) || config.behind_tls_proxy) return {};
  return fail("configuration",
              "listening beyond loopback needs a TLS proxy in front; put one there and set "
              "http.behind_tls_proxy = true in the configuration file");
}

Result<std::size_t> connections_within(std::uint64_t files, Config const& config) {
  std::uint64_t const own = kFilesOfItsOwn + kFilesOfAnExecution * config.worker_slots;
  if (files < own + kConnectionsLeast) {
    return fail("configuration",
                fmt::format("this process may open {} files and needs {}: raise its limit "
                            "(ulimit -n, LimitNOFILE=) or lower worker.slots",
                            files, own + kConnectionsLeast));
  }
  return std::min<std::uint64_t>(platform::HttpServerOptions{}.connections_max, files - own);
}

}  // namespace tally::server
