#pragma once

// The system calls under FileDisk, with interrupted and short calls completed and every errno
// turned into a sentence. The bytes of one file only; no names.

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace tally::platform {

// Owns a descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor();
  int fd() const { return fd_; }

 private:
  int fd_;
};

// The error of a call that failed with `number` while doing `what` ("writing") to `path`.
tl::unexpected<Error> system_error(int number, std::string const& what, std::string const& path);

// openat with O_CLOEXEC, repeated when interrupted. -1 and errno on failure.
int open_at(int directory, std::string const& name, int flags);

// All of `bytes`, from and to any memory and offset.
Result<void> read_all(int fd, std::uint64_t offset, std::span<std::uint8_t> bytes,
                      std::string const& path);
Result<void> write_all(int fd, std::uint64_t offset, ByteView bytes, std::string const& path);
Result<void> sync_file(int fd, std::string const& path);
Result<void> sync_data(int fd, std::string const& path);

// The same for a descriptor with O_DIRECT, by way of an aligned buffer where the caller's range
// or memory is not aligned. Writes must be whole blocks.
Result<void> read_direct(int fd, std::uint64_t offset, std::span<std::uint8_t> bytes,
                         std::string const& path);
Result<void> write_direct(int fd, std::uint64_t offset, ByteView bytes, std::string const& path);

}  // namespace tally::platform
