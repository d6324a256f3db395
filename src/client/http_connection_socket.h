#pragma once

// A TCP connection with a deadline on each operation, over plain POSIX sockets.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/time.h"

namespace tally::client {

// A moment on the monotonic clock.
class Deadline {
 public:
  static Deadline after(Duration timeout);
  Duration left() const;  // never negative

 private:
  Duration at_;
};

class TcpSocket {
 public:
  TcpSocket() = default;
  TcpSocket(TcpSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  TcpSocket& operator=(TcpSocket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~TcpSocket() { close(); }

  // Tries every address of the host. Errors here and below: unreachable, timed_out.
  static Result<TcpSocket> connect(std::string const& host, std::uint16_t port,
                                   Deadline const& deadline);

  Result<std::size_t> send_some(std::string_view bytes, Deadline const& deadline);
  // 0 at the end of the input.
  Result<std::size_t> receive_some(std::span<char> room, Deadline const& deadline);

  // Between exchanges: whether the server has closed, or says what nobody asked.
  bool is_stale() const;
  bool is_open() const { return fd_ >= 0; }
  void close();

 private:
  explicit TcpSocket(int fd) : fd_(fd) {}
  Result<bool> await(short events, Deadline const& deadline) const;
  Result<bool> finish_connecting(Deadline const& deadline) const;
  int fd_ = -1;
};

}  // namespace tally::client
