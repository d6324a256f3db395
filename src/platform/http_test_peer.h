#pragma once

// For the tests of the HTTP server: a client that sends exactly the bytes it is told, and a
// service whose answers the test controls. Every wait has a deadline, none has a sleep.

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

// /echo returns the body, /who the request, /hold keeps the responder for the test, /drop lets it
// go, /throw throws, /large sends `large_bytes`.
class TestService final : public ports::HttpService {
 public:
  static constexpr std::size_t large_bytes = 8 * 1024 * 1024;

  void handle(ports::HttpRequest request, ports::Responder responder) override {
    if (request.path == "/drop") return;
    if (request.path == "/throw") throw std::runtime_error("on purpose");
    if (request.path == "/hold") return hold(std::move(responder));
    ports::HttpResponse response;
    response.headers = {{"Content-Type", "text/plain"}};
    response.body = request.path == "/who" ? describe(request) : std::move(request.body);
    if (request.path == "/large") response.body.assign(large_bytes, 'x');
    responder.send(std::move(response));
  }

  ports::HttpResponse refuse(ports::HttpFault, int status, std::string_view detail) override {
    auto body =
        "{\"status\":" + std::to_string(status) + ",\"detail\":\"" + std::string(detail) + "\"}";
    return {status, {{"Content-Type", "application/problem+json"}}, std::move(body)};
  }

  // The responders of /hold, in the order of arrival, as soon as there are `count`.
  std::vector<ports::Responder> held(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::microseconds(test_patience.value()),
                      [&] { return held_.size() >= count; });
    return std::exchange(held_, {});
  }

 private:
  static std::string describe(ports::HttpRequest const& request) {
    auto text = request.method + " " + request.path + " ? " + request.query + " from " +
                request.peer + (request.from_loopback ? " (loopback)" : "") + "\n";
    for (auto const& [name, value] : request.headers) text += name + "=" + value + "\n";
    return text + request.body;
  }
  void hold(ports::Responder responder) {
    {
      std::lock_guard const lock(mutex_);
      held_.push_back(std::move(responder));
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ports::Responder> held_;
};

// Long deadlines, so that none passes by accident, and a short tick.
inline HttpServerOptions test_options() {
  HttpServerOptions options;
  options.tick = milliseconds(5);
  return options;
}

class HttpServerFixture : public ::testing::Test {
 protected:
  void start(HttpServerOptions options = test_options()) {
    auto started = HttpServer::start(std::move(options), service);
    ASSERT_TRUE(started) << started.error().detail;
    server = *std::move(started);
  }
  std::uint16_t port() const { return server->port(); }

  TestService service;
  std::unique_ptr<HttpServer> server;
};

inline std::string get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n\r\n";
}

inline std::string post(std::string_view path, std::string_view body,
                        std::string_view fields = "") {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(fields) + "\r\n" + std::string(body);
}

inline int status_of(std::string_view response) {
  if (response.substr(0, 9) != "HTTP/1.1 ") return 0;
  return std::stoi(std::string(response.substr(9, 3)));
}

inline std::string_view body_of(std::string_view response) {
  auto const end = response.find("\r\n\r\n");
  return end == response.npos ? std::string_view{} : response.substr(end + 4);
}

}  // namespace tally::platform
