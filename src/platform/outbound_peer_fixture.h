#pragma once

// A server for the tests of what goes outward: plays one part for each connection in turn, over TCP
// or TLS, and keeps what it was sent.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/time.h"
#include "platform/test_certificates_fixture.h"

namespace tally::platform {

inline constexpr Duration kPatience = seconds(20);  // only a broken program lets it pass

// One connection as its server sees it.
class PeerWire {
 public:
  explicit PeerWire(int fd) : fd_(fd) {
    timeval const patience{.tv_sec = kPatience.value() / 1'000'000, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }
  ~PeerWire() { close(); }
  PeerWire(PeerWire const&) = delete;
  PeerWire& operator=(PeerWire const&) = delete;

  // False where the client does not want this server.
  bool begin_tls(Identity const& identity) {
    context_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(context_.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), identity.key.get());
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), fd_);
    return SSL_accept(ssl_.get()) == 1;
  }
  void send(std::string_view bytes) {
    if (ssl_)
      SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
    else
      ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  // Up to `bytes`; empty at the end.
  std::string receive(std::size_t bytes = 4096) {
    std::string piece(bytes, '\0');
    auto const got = ssl_ ? SSL_read(ssl_.get(), piece.data(), static_cast<int>(bytes))
                          : ::recv(fd_, piece.data(), bytes, 0);
    piece.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return piece;
  }
  // Head and body; what came of it where the connection ends.
  std::string request() {
    constexpr std::string_view kLength = "Content-Length: ";
    constexpr std::size_t kPiece = 256 * 1024;
    std::string all;
    std::size_t end = std::string::npos;
    std::size_t whole = std::string::npos;
    while (all.size() < whole) {
      std::string const piece = receive(kPiece);
      if (piece.empty()) return all;
      all += piece;
      if (end != std::string::npos) continue;
      end = all.find("\r\n\r\n");
      if (end == std::string::npos) continue;
      auto const at = all.find(kLength);
      whole = end + 4 + (at < end ? std::stoul(all.substr(at + kLength.size())) : 0);
    }
    return all;
  }
  // Until the client has closed.
  void drain() {
    while (!receive().empty()) {
    }
  }
  // Whatever is still unread is thrown away, and the client told so (RST).
  void abort() {
    linger const at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }
  void end_tls() { SSL_shutdown(ssl_.get()); }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
  std::unique_ptr<SSL_CTX, FreeWith<&SSL_CTX_free>> context_;
  std::unique_ptr<SSL, FreeWith<&SSL_free>> ssl_;
};

class OutboundPeer {
 public:
  using Part = std::function<void(PeerWire&)>;

  explicit OutboundPeer(std::vector<Part> parts, int family = AF_INET)
      : listener_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in6 address{};  // as long as both
    socklen_t length = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    name->sa_family = static_cast<sa_family_t>(family);
    if (family == AF_INET)
      reinterpret_cast<sockaddr_in*>(name)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else
      address.sin6_addr = in6addr_loopback;
    listening_ = ::bind(listener_, name, length) == 0 && ::listen(listener_, 8) == 0 &&
                 ::getsockname(listener_, name, &length) == 0;
    port_ = ntohs(address.sin6_port);  // in the same place for both
    player_ = std::thread([this, parts = std::move(parts)] {
      // OpenSSL writes to a client that has gone; who is tested has to live without this.
      sigset_t broken_pipe;
      sigemptyset(&broken_pipe);
      sigaddset(&broken_pipe, SIGPIPE);
      pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
      for (Part const& part : parts) play(part);
    });
  }
  ~OutboundPeer() {
    finish();
    ::close(listener_);
  }
  OutboundPeer(OutboundPeer const&) = delete;
  OutboundPeer& operator=(OutboundPeer const&) = delete;

  bool is_listening() const { return listening_; }
  std::uint16_t port() const { return port_; }
  std::string url(std::string_view scheme = "http", std::string_view host = "127.0.0.1") const {
    return std::string(scheme) + "://" + std::string(host) + ":" + std::to_string(port_);
  }
  // Until every part was played.
  void finish() {
    if (player_.joinable()) player_.join();
  }

 private:
  void play(Part const& part) const {
    pollfd waiting{listener_, POLLIN, 0};
    if (!listening_ || ::poll(&waiting, 1, static_cast<int>(kPatience.value() / 1000)) <= 0) return;
    PeerWire wire(::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
    part(wire);
  }

  int listener_;
  bool listening_ = false;
  std::uint16_t port_ = 0;
  std::thread player_;
};

inline std::string ok(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

}  // namespace tally::platform
