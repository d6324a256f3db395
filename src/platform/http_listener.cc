#include "platform/http_listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace tally::platform {

namespace {

constexpr int backlog = 1024;  // the kernel lowers it to net.core.somaxconn
// What the kernel keeps of answers that a client does not read; left alone it may grow to
// megabytes.
constexpr int send_buffer_bytes = 256 * 1024;

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
  int family = AF_INET;
};

bool set_flag(int fd, int level, int option) {
  int const on = 1;
  return ::setsockopt(fd, level, option, &on, sizeof on) == 0;
}

sockaddr* as_sockaddr(sockaddr_storage& storage) { return reinterpret_cast<sockaddr*>(&storage); }

Result<Address> resolve(std::string const& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  int const status = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (status != 0) {
    return fail("address_invalid",
                "cannot listen on host '" + host +
                    "': give an address of this "
                    "machine, such as 127.0.0.1",
                ::gai_strerror(status));
  }
  std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> const owned(found, &::freeaddrinfo);
  Address address;
  std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
  address.length = found->ai_addrlen;
  address.family = found->ai_family;
  return address;
}

enum class Sharing { exclusive, reuse_port };

// An invalid handle with errno set when the address cannot be had.
SocketHandle bound_socket(Address address, Sharing sharing) {
  SocketHandle socket(
      ::socket(address.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (socket.get() < 0) return socket;
  set_flag(socket.get(), SOL_SOCKET, SO_REUSEADDR);
  if (sharing == Sharing::reuse_port && !set_flag(socket.get(), SOL_SOCKET, SO_REUSEPORT)) {
    return SocketHandle();
  }
  if (::bind(socket.get(), as_sockaddr(address.storage), address.length) != 0) {
    return SocketHandle();
  }
  return socket;
}

std::uint16_t port_of(int fd) {
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  if (::getsockname(fd, as_sockaddr(bound), &length) != 0) return 0;
  if (bound.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<sockaddr_in6 const*>(&bound)->sin6_port);
  }
  return ntohs(reinterpret_cast<sockaddr_in const*>(&bound)->sin_port);
}

tl::unexpected<Error> refused(std::string const& host, std::uint16_t port) {
  auto const inside = std::string(std::strerror(errno));
  auto const place = host + ":" + std::to_string(port);
  if (errno == EADDRINUSE) {
    return fail("address_in_use",
                place + " is in use; stop what listens there, or choose another port", inside);
  }
  return fail("listen_failed", "cannot listen on " + place + ": " + inside, inside);
}

// Sockets 2.. of the same address: their own queues, or duplicates of the first one's.
bool add_sockets(HttpListeners& listeners, Address const& address, unsigned count) {
  while (listeners.sockets.size() < count) {
    auto socket = bound_socket(address, Sharing::reuse_port);
    bool const own_queue = socket.get() >= 0 && ::listen(socket.get(), backlog) == 0;
    if (!own_queue) {
      int const first = listeners.sockets.front().get();
      socket = SocketHandle(::fcntl(first, F_DUPFD_CLOEXEC, 0));
    }
    if (socket.get() < 0) return false;
    listeners.sockets.push_back(std::move(socket));
  }
  return true;
}

std::string text_of(int family, void const* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(family, address, text.data(), text.size());
  return text.data();
}

// IPv4 in the dress of IPv6 is the IPv4 address.
std::string address_of(in6_addr address) {
  constexpr std::size_t network_bytes = 8;
  constexpr std::size_t mapped_at = 12;
  if (IN6_IS_ADDR_V4MAPPED(&address)) return text_of(AF_INET, &address.s6_addr[mapped_at]);
  if (IN6_IS_ADDR_LOOPBACK(&address)) return text_of(AF_INET6, &address);
  std::memset(&address.s6_addr[network_bytes], 0, network_bytes);
  return text_of(AF_INET6, &address) + "/64";
}

}  // namespace

HttpPeer peer_of(sockaddr_storage const& from) {
  HttpPeer peer;
  if (from.ss_family == AF_INET6) {
    auto const& address = reinterpret_cast<sockaddr_in6 const*>(&from)->sin6_addr;
    peer.address = address_of(address);
    peer.ipv6 = true;
    bool const mapped = IN6_IS_ADDR_V4MAPPED(&address) && address.s6_addr[12] == 127;
    peer.loopback = mapped || IN6_IS_ADDR_LOOPBACK(&address);
  } else {
    auto const& address = reinterpret_cast<sockaddr_in const*>(&from)->sin_addr;
    peer.address = text_of(AF_INET, &address);
    peer.loopback = (ntohl(address.s_addr) >> 24) == 127;
  }
  return peer;
}

SocketHandle::~SocketHandle() {
  if (fd_ >= 0) ::close(fd_);
}

Result<HttpListeners> listen_on(std::string const& host, std::uint16_t port, unsigned count) {
  TRY(address, resolve(host, port));
  HttpListeners listeners;
  auto first = bound_socket(address, Sharing::exclusive);
  bool const free = first.get() >= 0 && ::listen(first.get(), backlog) == 0;
  if (!free) return refused(host, port);
  listeners.port = port_of(first.get());
  if (count > 1) {  // it proved that the port is ours; now the same one, to be shared
    TRY(shared, resolve(host, listeners.port));
    first = SocketHandle();
    first = bound_socket(shared, Sharing::reuse_port);
    if (first.get() < 0 || ::listen(first.get(), backlog) != 0) {
      return refused(host, listeners.port);
    }
    address = shared;
  }
  listeners.sockets.push_back(std::move(first));
  if (!add_sockets(listeners, address, count)) return refused(host, listeners.port);
  return listeners;
}

std::optional<HttpAccepted> accept_from(int listener, bool& exhausted) {
  exhausted = false;
  for (;;) {
    sockaddr_storage from{};
    socklen_t length = sizeof from;
    SocketHandle socket(
        ::accept4(listener, as_sockaddr(from), &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.get() >= 0) {
      set_flag(socket.get(), IPPROTO_TCP, TCP_NODELAY);
      ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDBUF, &send_buffer_bytes,
                   sizeof send_buffer_bytes);
      return HttpAccepted{std::move(socket), peer_of(from)};
    }
    bool const passing = errno == EINTR || errno == ECONNABORTED || errno == EPROTO;
    if (passing) continue;
    exhausted = errno != EAGAIN;
    return std::nullopt;
  }
}

}  // namespace tally::platform
