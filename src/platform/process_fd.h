#pragma once

// A file descriptor that closes itself. Move-only; -1 is "none".

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace tally::platform {

class OwnedFd {
 public:
  OwnedFd() = default;
  explicit OwnedFd(int fd) : fd_(fd) {}
  OwnedFd(OwnedFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  OwnedFd(OwnedFd const&) = delete;
  OwnedFd& operator=(OwnedFd const&) = delete;
  ~OwnedFd() { reset(); }

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_ = -1;
};

// A started child moves its descriptors to 0..3. Those of the parent's that it still needs while
// it does so lie at or above this number, so that no move overwrites one.
inline constexpr int kLowestParentFd = 16;
// Takes `fd` and gives a duplicate that lies high enough; none if `fd` is none.
inline OwnedFd lift(int fd) {
  OwnedFd low(fd);
  return OwnedFd(low.open() ? ::fcntl(fd, F_DUPFD_CLOEXEC, kLowestParentFd) : -1);
}

}  // namespace tally::platform
