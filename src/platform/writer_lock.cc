#include "platform/writer_lock.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/bytes.h"

namespace tally::platform {

namespace {

// A reader that asks whether there is a writer holds the lock for a moment.
constexpr int kTries = 20;
constexpr int kBetweenTriesMs = 10;

tl::unexpected<Error> io_error(std::string const& file) {
  return fail("io_error", "the ledger's directory cannot be locked",
              file + ": " + std::strerror(errno));
}

// A network file system may have no lock for a directory: there the word must do.
bool has_no_locks(int error) {
  return error == EBADF || error == EINVAL || error == ENOLCK || error == EOPNOTSUPP;
}

bool lock(int directory) {
  for (int tried = 1; ::flock(directory, LOCK_EX | LOCK_NB) != 0; ++tried) {
    if (has_no_locks(errno)) return true;
    if (errno != EWOULDBLOCK || tried == kTries) return false;
    ::poll(nullptr, 0, kBetweenTriesMs);
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<WriterLock>> WriterLock::take(std::string const& directory,
                                                     ports::Entropy& entropy) {
  int const opened = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return io_error(directory);
  std::unique_ptr<WriterLock> taken(new WriterLock(directory + "/writer", opened));
  if (!lock(opened)) {
    if (errno != EWOULDBLOCK) return io_error(directory);
    return fail("in_use",
                "another tally serves this data directory; stop it first or choose another --data");
  }
  TRY_VOID(taken->mark(entropy));
  return taken;
}

WriterLock::~WriterLock() {
  if (mark_ >= 0) ::close(mark_);
  ::close(directory_);
}

Result<void> WriterLock::mark(ports::Entropy& entropy) {
  std::array<std::uint8_t, 16> random{};
  entropy.fill(random);
  std::ranges::copy(to_hex(random), word_.begin());
  mark_ = ::openat(directory_, "writer", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (mark_ < 0) return io_error(file_);
  struct stat about {};
  if (::pwrite(mark_, word_.data(), word_.size(), 0) != static_cast<ssize_t>(word_.size()) ||
      ::fstat(mark_, &about) != 0)
    return io_error(file_);
  device_ = about.st_dev;
  inode_ = about.st_ino;
  return {};
}

Result<void> WriterLock::still_held() const {
  struct stat about {};
  if (::stat(file_.c_str(), &about) != 0)
    return fail("fenced", "the data directory is gone", file_ + ": " + std::strerror(errno));
  if (about.st_dev != device_ || about.st_ino != inode_)
    return fail("fenced", "another data directory stands in the place of this one", file_);
  Word found{};
  if (::pread(mark_, found.data(), found.size(), 0) != static_cast<ssize_t>(found.size()) ||
      found != word_)
    return fail("fenced", "another process has taken the ledger over", file_);
  return {};
}

bool WriterLock::is_held(std::string const& directory) {
  int const opened = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return false;
  bool const held = ::flock(opened, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(opened);
  return held;
}

}  // namespace tally::platform
