#include "platform/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "platform/process_fd.h"

namespace tally::platform {
namespace {

tl::unexpected<Error> io_error(char const* what, std::string const& path, int error) {
  std::string inside = std::string(what) + " " + path + ": " + std::strerror(error);
  return fail("io_error", "The server could not use its disk.", std::move(inside));
}

std::string parent_of(std::string const& path) {
  auto slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Unique within the process; another process never writes here (the data directory's lock).
std::string temporary_name(std::string const& path) {
  static std::atomic<std::uint64_t> counter{0};
  return path + ".tmp" + std::to_string(::getpid()) + "." + std::to_string(counter++);
}

bool write_all(int fd, ByteView content) {
  while (!content.empty()) {
    ssize_t wrote = ::write(fd, content.data(), content.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    content = content.subspan(static_cast<std::size_t>(wrote));
  }
  return true;
}

// The time of access stays as it is.
std::array<timespec, 2> changed_at(Instant at) {
  constexpr std::int64_t kMicros = seconds(1).value();
  return {timespec{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
          timespec{.tv_sec = at.value() / kMicros, .tv_nsec = at.value() % kMicros * 1'000}};
}

Result<void> write_and_sync(std::string const& path, ByteView content,
                            std::optional<Instant> written_at) {
  OwnedFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.open()) return io_error("create", path, errno);
  if (!write_all(file.get(), content)) return io_error("write", path, errno);
  if (written_at && ::futimens(file.get(), changed_at(*written_at).data()) != 0)
    return io_error("set the time of", path, errno);
  if (::fdatasync(file.get()) != 0) return io_error("sync", path, errno);
  return {};
}

}  // namespace

Result<void> sync_directory(std::string const& path) {
  OwnedFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.open()) return io_error("open", path, errno);
  if (::fsync(directory.get()) != 0) return io_error("sync", path, errno);
  return {};
}

Result<void> make_private_directory(std::string const& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0) {
    if (S_ISDIR(found.st_mode)) return {};
    return io_error("make directory", path, ENOTDIR);
  }
  auto parent = parent_of(path);
  if (parent != path) TRY_VOID(make_private_directory(parent));
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return io_error("make directory", path, errno);
  return sync_directory(parent);
}

Result<void> write_private_file(std::string const& path, ByteView content,
                                std::optional<Instant> written_at) {
  auto temporary = temporary_name(path);
  auto written = write_and_sync(temporary, content, written_at);
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0)
    written = io_error("rename", temporary, errno);
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  return sync_directory(parent_of(path));
}

Result<void> touch_private_file(std::string const& path, Instant written_at) {
  auto const times = changed_at(written_at);
  if (::utimensat(AT_FDCWD, path.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) == 0) return {};
  if (errno == ENOENT || errno == ENOTDIR) return fail("not_found", "There is no such file.", path);
  return io_error("set the time of", path, errno);
}

Result<Bytes> read_private_file(std::string const& path, std::uint64_t bytes_max) {
  OwnedFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.open() && (errno == ENOENT || errno == ENOTDIR))
    return fail("not_found", "There is no such file.", path);
  if (!file.open()) return io_error("open", path, errno);
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) return io_error("stat", path, errno);
  if (!S_ISREG(about.st_mode)) return io_error("read", path, EISDIR);
  auto size = static_cast<std::uint64_t>(about.st_size);
  if (size > bytes_max) return io_error("read", path, EFBIG);
  Bytes content(size);
  std::size_t have = 0;
  while (have < content.size()) {
    ssize_t got = ::read(file.get(), content.data() + have, content.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("read", path, errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  content.resize(have);
  return content;
}

}  // namespace tally::platform
