#include "client/http_connection_socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <limits>
#include <memory>

namespace tally::client {

namespace {

Duration monotonic_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return Duration(std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000);
}

tl::unexpected<Error> unreachable(std::string detail) {
  return fail("unreachable", std::move(detail), std::strerror(errno));
}

tl::unexpected<Error> timed_out() { return fail("timed_out", "the server did not answer in time"); }

// Rounded up, so that a wait is not cut into a busy loop at its end.
int poll_milliseconds(Duration left) {
  auto const rounded = (left.value() + 999) / 1000;
  return static_cast<int>(std::min<std::int64_t>(rounded, std::numeric_limits<int>::max()));
}

}  // namespace

Deadline Deadline::after(Duration timeout) {
  Deadline deadline;
  deadline.at_ = monotonic_now() + timeout;
  return deadline;
}

Duration Deadline::left() const { return std::max(at_ - monotonic_now(), Duration()); }

void TcpSocket::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Result<bool> TcpSocket::await(short events, Deadline const& deadline) const {
  for (;;) {
    pollfd waiting{fd_, events, 0};
    int const ready = ::poll(&waiting, 1, poll_milliseconds(deadline.left()));
    if (ready > 0) return true;
    if (ready == 0) return timed_out();
    if (errno != EINTR) return unreachable("the connection cannot be waited for");
  }
}

Result<bool> TcpSocket::finish_connecting(Deadline const& deadline) const {
  TRY_VOID(await(POLLOUT, deadline));
  int status = 0;
  socklen_t length = sizeof status;
  ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &status, &length);
  errno = status;
  if (status != 0) return unreachable("connection refused or host not reachable");
  return true;
}

Result<TcpSocket> TcpSocket::connect(std::string const& host, std::uint16_t port,
                                     Deadline const& deadline) {
  auto const place = host + ":" + std::to_string(port);
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  int const status = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (status != 0) {
    return fail("unreachable", "the host of " + place + " has no address", ::gai_strerror(status));
  }
  std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> const owned(found, &::freeaddrinfo);
  Error last{"unreachable", "", ""};
  for (auto const* address = found; address != nullptr; address = address->ai_next) {
    TcpSocket socket(::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.is_open()) continue;
    int const on = 1;
    ::setsockopt(socket.fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    bool const begun =
        ::connect(socket.fd_, address->ai_addr, address->ai_addrlen) == 0 || errno == EINPROGRESS;
    last.inside = std::strerror(errno);
    if (!begun) continue;
    auto connected = socket.finish_connecting(deadline);
    if (connected) return socket;
    last = connected.error();
  }
  last.detail = last.code == "timed_out"
                    ? "no connection to " + place + " in time"
                    : "nothing answers at " + place + "; is the server running there?";
  return tl::unexpected<Error>(std::move(last));
}

Result<std::size_t> TcpSocket::send_some(std::string_view bytes, Deadline const& deadline) {
  for (;;) {
    auto const sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    if (errno == EAGAIN) {
      TRY_VOID(await(POLLOUT, deadline));
    } else if (errno != EINTR) {
      return unreachable("the connection broke while the request was sent");
    }
  }
}

Result<std::size_t> TcpSocket::receive_some(std::span<char> room, Deadline const& deadline) {
  for (;;) {
    auto const got = ::recv(fd_, room.data(), room.size(), 0);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == EAGAIN) {
      TRY_VOID(await(POLLIN, deadline));
    } else if (errno != EINTR) {
      return unreachable("the connection broke before the answer was complete");
    }
  }
}

bool TcpSocket::is_stale() const {
  char byte = 0;
  auto const got = ::recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got >= 0 || (errno != EAGAIN && errno != EINTR);
}

}  // namespace tally::client
