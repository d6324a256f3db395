#pragma once

// For the tests of the HTTP server: a client that sends exactly the bytes it is told.
// Every wait has a deadline, none has a sleep.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "platform/http_server.h"
#include "platform/system_clock.h"
#include "ports/http.h"

namespace tally::platform {

constexpr Duration test_patience = seconds(20);  // only a broken server lets it pass

// Runs `condition` until it holds; false when the patience is over.
template <class Condition>
bool eventually(Condition condition) {
  SystemClock const clock;
  auto const until = clock.monotonic() + test_patience;
  while (!condition()) {
    if (clock.monotonic() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

class TestPeer {
 public:
  explicit TestPeer(std::uint16_t port, int receive_buffer_bytes = 0)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer_bytes > 0) {
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof(int));
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto const* const target = reinterpret_cast<sockaddr const*>(&address);
    connected_ = ::connect(fd_, target, sizeof address) == 0;
  }
  ~TestPeer() { close(); }
  TestPeer(TestPeer const&) = delete;
  TestPeer& operator=(TestPeer const&) = delete;

  bool connected() const { return connected_; }
  void end_output() { ::shutdown(fd_, SHUT_WR); }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  // Closes with RST.
  void reset() {
    linger const at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }

  TestPeer& send(std::string_view bytes) {
    while (!bytes.empty()) {
      auto const sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) break;  // the server has hung up; what it said is still to be read
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return *this;
  }

  // One response, by its Content-Length; what there was when the connection ended or stalled.
  std::string response(bool has_body = true) {
    for (;;) {
      auto const head_end = received_.find("\r\n\r\n");
      if (head_end != received_.npos) {
        auto const size = head_end + 4 + (has_body ? body_length(head_end) : 0);
        if (received_.size() >= size) {
          auto const whole = received_.substr(0, size);
          received_.erase(0, size);
          return whole;
        }
      }
      if (!receive()) return std::exchange(received_, "");
    }
  }

  // Everything up to and with `end`; what there was when the connection ended or stalled.
  std::string until(std::string_view end) {
    std::size_t searched = 0;
    for (;;) {
      auto const at = received_.find(end, searched);
      if (at != received_.npos) {
        auto const text = received_.substr(0, at + end.size());
        received_.erase(0, text.size());
        return text;
      }
      searched = received_.size() < end.size() ? 0 : received_.size() - end.size();
      if (!receive()) return std::exchange(received_, "");
    }
  }

  // Everything until the server closes; ended() tells whether it did.
  std::string rest() {
    while (receive()) {
    }
    return std::exchange(received_, "");
  }
  bool ended() const { return ended_; }
  bool was_reset() const { return reset_; }

 private:
  std::size_t body_length(std::size_t head_end) const {
    std::string_view const name = "Content-Length: ";
    auto const at = received_.find(name);
    return at < head_end ? std::stoul(received_.substr(at + name.size())) : 0;
  }
  bool receive() {
    pollfd waiting{fd_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(test_patience.value() / 1000)) <= 0) return false;
    std::array<char, 65536> piece{};
    auto const got = ::recv(fd_, piece.data(), piece.size(), 0);
    if (got <= 0) {
      ended_ = true;
      reset_ = got < 0;
      return false;
    }
    received_.append(piece.data(), static_cast<std::size_t>(got));
    return true;
  }

  int fd_;
  bool connected_ = false;
  bool ended_ = false;
  bool reset_ = false;
  std::string received_;
};

}  // namespace tally::platform
