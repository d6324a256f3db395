#pragma once

// Listening and accepted TCP sockets as owned descriptors.

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tally::platform {

class SocketHandle {
 public:
  SocketHandle() = default;
  explicit SocketHandle(int fd) : fd_(fd) {}
  SocketHandle(SocketHandle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  SocketHandle& operator=(SocketHandle&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~SocketHandle();
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

struct HttpListeners {
  std::vector<SocketHandle> sockets;  // one for each event loop, not blocking
  std::uint16_t port = 0;
};

// Binds `count` sockets to the same address with SO_REUSEPORT, so that the kernel spreads the
// connections; where it cannot, they share one queue. A port that anybody else listens on is
// refused, also when that listener would let us share it (a second server on the same data).
Result<HttpListeners> listen_on(std::string const& host, std::uint16_t port, unsigned count);

// What one client has as a whole: an IPv4 address, or the first half of an IPv6 one
// ("2001:db8::/64"), whose other half it may choose for each connection.
struct HttpPeer {
  std::string address;  // without port
  bool loopback = false;
  bool ipv6 = false;
};

HttpPeer peer_of(sockaddr_storage const& from);

struct HttpAccepted {
  SocketHandle socket;  // not blocking, TCP_NODELAY
  HttpPeer peer;
};

// nullopt when no connection waits, or when there are no descriptors left (`exhausted`).
std::optional<HttpAccepted> accept_from(int listener, bool& exhausted);

}  // namespace tally::platform
