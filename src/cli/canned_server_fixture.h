#pragma once

// A server for tests that has learned its answers by heart: it reads one request after the other
// from one connection and gives the next answer, whatever was asked.

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string>
#include <thread>
#include <vector>

namespace tally::cli {

struct CannedAnswer {
  int status = 200;
  std::string body;
  std::string fields = {};  // further ones of its head, each with its line break
};

class CannedServer {
 public:
  explicit CannedServer(std::vector<CannedAnswer> answers)
      : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    listening_ = ::bind(listener_, name, length) == 0 && ::listen(listener_, 1) == 0 &&
                 ::getsockname(listener_, name, &length) == 0;
    port_ = ntohs(address.sin_port);
    player_ = std::thread([this, answers = std::move(answers)] { play(answers); });
  }
  ~CannedServer() {
    finish();
    ::close(listener_);
  }
  CannedServer(CannedServer const&) = delete;
  CannedServer& operator=(CannedServer const&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const { return fmt::format("http://127.0.0.1:{}", port_); }
  // Head and body of each, once the other side is done.
  std::vector<std::string> const& requests() {
    finish();
    return requests_;
  }

 private:
  static constexpr int kPatienceMs = 20'000;  // only a broken program lets it pass

  void finish() {
    if (player_.joinable()) player_.join();
  }
  void play(std::vector<CannedAnswer> const& answers) {
    pollfd waiting{listener_, POLLIN, 0};
    if (!listening_ || answers.empty() || ::poll(&waiting, 1, kPatienceMs) <= 0) return;
    int const fd = ::accept(listener_, nullptr, nullptr);
    for (CannedAnswer const& answer : answers) {
      std::string request = read_request(fd);
      if (request.empty()) break;
      requests_.push_back(std::move(request));
      std::string const text =
          fmt::format("HTTP/1.1 {} Said\r\nContent-Length: {}\r\n{}\r\n{}", answer.status,
                      answer.body.size(), answer.fields, answer.body);
      ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    }
    ::close(fd);
  }
  static std::size_t body_bytes(std::string const& head) {
    constexpr std::string_view kLength = "Content-Length: ";
    auto const at = head.find(kLength);
    std::size_t bytes = 0;
    if (at != std::string::npos)
      std::from_chars(head.data() + at + kLength.size(), head.data() + head.size(), bytes);
    return bytes;
  }
  static std::string read_request(int fd) {
    std::string request;
    std::array<char, 4096> room{};
    while (true) {
      auto const end = request.find("\r\n\r\n");
      if (end != std::string::npos && request.size() >= end + 4 + body_bytes(request))
        return request;
      auto const got = ::recv(fd, room.data(), room.size(), 0);
      if (got <= 0) return {};
      request.append(room.data(), static_cast<std::size_t>(got));
    }
  }

  int listener_;
  bool listening_ = false;
  std::uint16_t port_ = 0;
  std::thread player_;
  std::vector<std::string> requests_;
};

}  // namespace tally::cli
