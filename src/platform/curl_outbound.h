#pragma once

// ports::Outbound on libcurl: HTTP/1.1, TLS 1.2 or later, always verified, and nothing of what
// libcurl takes from the environment by itself.

#include <memory>
#include <string>

#include "ports/outbound.h"

namespace tally::platform {

// libcurl's state of the whole process. Made explicitly, before other threads are started: it takes
// SSLKEYLOGFILE out of the environment, since libcurl would write the keys of every connection to
// that file. Several may live at once.
class CurlLibrary {
 public:
  CurlLibrary();
  ~CurlLibrary();
  CurlLibrary(CurlLibrary const&) = delete;
  CurlLibrary& operator=(CurlLibrary const&) = delete;
};

// As http_proxy, https_proxy and no_proxy say it. Empty: none.
struct OutboundProxies {
  std::string http;   // for http URLs: "http://[user:password@]host:port"; https:// as well
  std::string https;  // for https URLs, which pass through it unread
  std::string none_for;  // hosts and domains that are reached directly, comma separated; "*": all
  bool operator==(OutboundProxies const&) const = default;
};

struct CurlOutboundOptions {
  // Certificates in PEM that are trusted instead of the system's authorities. A server's own
  // certificate may be among them. Empty: the system's (/etc/ssl/certs).
  std::string ca_file;
  // localhost, 127.0.0.0/8 and ::1 are always reached directly.
  OutboundProxies proxies;
};

class CurlOutbound final : public ports::Outbound {
 public:
  // `library` outlives it.
  CurlOutbound(CurlLibrary const& library, CurlOutboundOptions options);
  ~CurlOutbound() override;

  // Keeps one connection open between calls. A kept one that its server has closed, or on which
  // something arrived that nobody asked for, is not used again.
  ports::OutboundResult exchange(ports::OutboundRequest const& request) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tally::platform
