#include "platform/file_disk_io.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/check.h"
#include "ports/disk.h"

namespace tally::platform {

namespace {

using ports::kDiskBlock;

constexpr std::size_t kBounceBytes = 1u << 20;

struct Free {
  void operator()(std::uint8_t* memory) const { std::free(memory); }
};
using Aligned = std::unique_ptr<std::uint8_t, Free>;

Aligned aligned(std::size_t bytes) {
  Aligned memory(static_cast<std::uint8_t*>(std::aligned_alloc(kDiskBlock, bytes)));
  TALLY_CHECK(memory != nullptr, "out of memory for a disk transfer");
  return memory;
}

bool is_aligned(std::uint8_t const* memory, std::uint64_t offset, std::size_t bytes) {
  return reinterpret_cast<std::uintptr_t>(memory) % kDiskBlock == 0 && offset % kDiskBlock == 0 &&
         bytes % kDiskBlock == 0;
}

tl::unexpected<Error> past_the_end(std::string const& path) {
  return fail("io_error", "A file is shorter than expected.", path);
}

// Bytes read, 0 at the end of the file.
Result<std::size_t> read_some(int fd, std::uint64_t offset, std::span<std::uint8_t> bytes,
                              std::string const& path) {
  for (;;) {
    auto done = ::pread(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (done >= 0) return static_cast<std::size_t>(done);
    if (errno != EINTR) return system_error(errno, "reading", path);
  }
}

struct Sentence {
  int number;
  char const* code;
  char const* text;
};

constexpr Sentence kSentences[] = {
    {ENOENT, "not_found", "There is no such file."},
    {EEXIST, "exists", "A file of this name exists."},
    {ENOSPC, "disk_full", "The disk is full; free some space."},
    {EDQUOT, "disk_full", "The disk quota is used up; raise it or free some space."},
    {EFBIG, "disk_full", "The file would be larger than the file system or a limit allows."},
    {EROFS, "read_only", "The file system is mounted for reading only."},
    {EACCES, "io_error", "The server may not access this file; check its owner and mode."},
    {EPERM, "io_error", "The server may not change this file; check its owner and attributes."},
    {EMFILE, "io_error", "The server has too many files open; raise its limit (ulimit -n)."},
    {ENFILE, "io_error", "The machine has too many files open."},
    {EIO, "io_error", "The disk reported a failure; check its health before starting again."},
    {ENXIO, "io_error", "The disk is gone."},
    {ENODEV, "io_error", "The disk is gone."},
    {ENOTDIR, "io_error", "A part of the path is not a directory."},
    {EISDIR, "io_error", "A directory stands where a file should be."},
    {ELOOP, "io_error", "The name is a symbolic link, which is not followed."},
    {ENOMEM, "io_error", "The machine is out of memory."},
    {ESTALE, "io_error", "The network file system lost this file."},
    {ENAMETOOLONG, "io_error", "The name is too long for this file system."},
};

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

tl::unexpected<Error> system_error(int number, std::string const& what, std::string const& path) {
  auto inside = what + " " + path + ": " + std::strerror(number);
  for (auto const& sentence : kSentences) {
    if (sentence.number == number) return fail(sentence.code, sentence.text, std::move(inside));
  }
  return fail("io_error", "The operating system refused access to the disk.", std::move(inside));
}

int open_at(int directory, std::string const& name, int flags) {
  for (;;) {
    int fd = ::openat(directory, name.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0 || errno != EINTR) return fd;
  }
}

Result<void> read_all(int fd, std::uint64_t offset, std::span<std::uint8_t> bytes,
                      std::string const& path) {
  while (!bytes.empty()) {
    TRY(done, read_some(fd, offset, bytes, path));
    if (done == 0) return past_the_end(path);
    offset += done;
    bytes = bytes.subspan(done);
  }
  return {};
}

Result<void> write_all(int fd, std::uint64_t offset, ByteView bytes, std::string const& path) {
  while (!bytes.empty()) {
    auto done = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return system_error(errno, "writing", path);
    if (done == 0) return system_error(ENOSPC, "writing", path);
    offset += static_cast<std::size_t>(done);
    bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
  return {};
}

Result<void> sync_file(int fd, std::string const& path) {
  if (::fsync(fd) != 0) return system_error(errno, "syncing", path);
  return {};
}

Result<void> sync_data(int fd, std::string const& path) {
  if (::fdatasync(fd) != 0) return system_error(errno, "syncing", path);
  return {};
}

// Reads whole blocks around the range. The last block of a file may be shorter than a block.
Result<void> read_direct(int fd, std::uint64_t offset, std::span<std::uint8_t> bytes,
                         std::string const& path) {
  bool in_place = is_aligned(bytes.data(), offset, bytes.size());
  auto bounce = in_place ? Aligned() : aligned(kBounceBytes);
  while (!bytes.empty()) {
    auto before = offset % kDiskBlock;
    auto room = (before + bytes.size() + kDiskBlock - 1) / kDiskBlock * kDiskBlock;
    std::span<std::uint8_t> target(in_place ? bytes.data() : bounce.get(),
                                   in_place ? room : std::min(room, kBounceBytes));
    TRY(done, read_some(fd, offset - before, target, path));
    if (done <= before) return past_the_end(path);
    auto useful = std::min(done - before, bytes.size());
    if (useful < bytes.size() && done % kDiskBlock != 0) return past_the_end(path);
    if (!in_place) std::memcpy(bytes.data(), target.data() + before, useful);
    offset += useful;
    bytes = bytes.subspan(useful);
  }
  return {};
}

Result<void> write_direct(int fd, std::uint64_t offset, ByteView bytes, std::string const& path) {
  if (is_aligned(bytes.data(), offset, bytes.size())) return write_all(fd, offset, bytes, path);
  auto bounce = aligned(kBounceBytes);
  while (!bytes.empty()) {
    auto step = std::min(bytes.size(), kBounceBytes);
    std::memcpy(bounce.get(), bytes.data(), step);
    TRY_VOID(write_all(fd, offset, {bounce.get(), step}, path));
    offset += step;
    bytes = bytes.subspan(step);
  }
  return {};
}

}  // namespace tally::platform
