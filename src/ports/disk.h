#pragma once

// The files of one directory, as little as a log needs. Real: platform/file_disk. Simulated:
// sim/sim_disk, which forgets what was not made durable and may tear, flip, fill up or fail.
//
// Durable means: survives the loss of power at any later moment. A write that returns an error,
// or does not return, may have reached the medium whole, in part (by 512-byte sectors) or not at
// all. After the first error the caller stops using the disk (fail-stop).

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace tally::ports {

// Offsets and lengths of durable writes are multiples of this many bytes.
inline constexpr std::size_t kDiskBlock = 4096;

class DiskFile {
 public:
  virtual ~DiskFile() = default;
  virtual std::uint64_t size() const = 0;
  // Reads exactly bytes.size() bytes; past the end is an error ("io_error").
  virtual Result<void> read(std::uint64_t offset, std::span<std::uint8_t> bytes) const = 0;
  // Overwrites inside the file and returns when the bytes are durable.
  virtual Result<void> write_durable(std::uint64_t offset, ByteView bytes) = 0;
};

// The content of a file that is too long to be held at once: calls write with part after part.
using Write = std::function<Result<void>(ByteView)>;
using Content = std::function<Result<void>(Write const&)>;

class Disk {
 public:
  virtual ~Disk() = default;
  // Names of all files, sorted.
  virtual Result<std::vector<std::string>> list() const = 0;
  virtual Result<std::unique_ptr<DiskFile>> open(std::string const& name) = 0;
  // A new file of `size` zero bytes, durable with its directory entry; an existing name is an
  // error.
  virtual Result<std::unique_ptr<DiskFile>> create_zeroed(std::string const& name,
                                                          std::uint64_t size) = 0;
  // Replaces a file as a whole: after a crash it is the old or the new content, and the new one
  // once this returned. An error of `content` leaves the old one.
  virtual Result<void> put(std::string const& name, Content const& content) = 0;
  Result<void> replace(std::string const& name, ByteView content) {
    return put(name, [&](Write const& write) { return write(content); });
  }
  virtual Result<void> remove(std::string const& name) = 0;
  // Bytes that files here may still take.
  virtual Result<std::uint64_t> free_bytes() const = 0;
};

}  // namespace tally::ports
