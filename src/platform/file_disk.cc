#include "platform/file_disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "base/check.h"
#include "platform/file_disk_io.h"

namespace tally::platform {

namespace {

constexpr std::size_t kZeroStep = 1u << 20;
constexpr std::size_t kNameBytesMax = 200;  // room for the temporary prefix in 255
constexpr char kTemporary[] = ".new-";
constexpr char kProbe[] = ".probe-direct";

class OpenFile final : public ports::DiskFile {
 public:
  OpenFile(Descriptor file, std::string path, std::uint64_t size, bool direct, bool writable)
      : file_(std::move(file)),
        path_(std::move(path)),
        size_(size),
        direct_(direct),
        writable_(writable) {}

  std::uint64_t size() const override { return size_; }

  Result<void> read(std::uint64_t offset, std::span<std::uint8_t> bytes) const override {
    if (offset > size_ || bytes.size() > size_ - offset) {
      return fail("io_error", "A read went past the end of a file.", path_);
    }
    if (direct_) return read_direct(file_.fd(), offset, bytes, path_);
    return read_all(file_.fd(), offset, bytes, path_);
  }

  Result<void> write_durable(std::uint64_t offset, ByteView bytes) override {
    TALLY_CHECK(offset % ports::kDiskBlock == 0 && bytes.size() % ports::kDiskBlock == 0,
                "a durable write must be made of whole blocks");
    TALLY_CHECK(offset <= size_ && bytes.size() <= size_ - offset,
                "a durable write past the end of a file");
    if (!writable_) return fail("read_only", "The directory was opened for reading.", path_);
    if (direct_) return write_direct(file_.fd(), offset, bytes, path_);
    TRY_VOID(write_all(file_.fd(), offset, bytes, path_));
    return sync_data(file_.fd(), path_);
  }

 private:
  Descriptor file_;
  std::string path_;
  std::uint64_t size_;
  bool direct_;
  bool writable_;
};

Result<std::uint64_t> regular_size(int fd, std::string const& path) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return system_error(errno, "examining", path);
  if (!S_ISREG(status.st_mode)) return fail("io_error", "This is not a regular file.", path);
  return static_cast<std::uint64_t>(status.st_size);
}

// The zeros lie at a block's start in memory, so they may go past the page cache as they are; not
// being constant, they take no room in the program.
Result<void> write_zeros(int fd, std::uint64_t size, std::string const& path) {
  alignas(ports::kDiskBlock) static std::array<std::uint8_t, kZeroStep> zeros{};
  for (std::uint64_t at = 0; at < size; at += zeros.size()) {
    auto step = std::min<std::uint64_t>(zeros.size(), size - at);
    TRY_VOID(write_all(fd, at, ByteView(zeros).first(step), path));
  }
  return {};
}

int directory_descriptor(std::string const& path) {
  return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

// A new directory is durable when its parent is.
Result<void> make_directory(std::string const& path) {
  if (::mkdir(path.c_str(), 0700) != 0) {
    if (errno == EEXIST) return {};
    return system_error(errno, "creating", path);
  }
  auto parent = (std::filesystem::path(path) / "..").string();
  Descriptor opened(directory_descriptor(parent));
  if (opened.fd() < 0) return system_error(errno, "opening", parent);
  return sync_file(opened.fd(), parent);
}

}  // namespace

FileDisk::FileDisk(int directory, std::string path, Access access)
    : directory_(directory), path_(std::move(path)), access_(access) {}

FileDisk::~FileDisk() { ::close(directory_); }

Result<std::unique_ptr<FileDisk>> FileDisk::open_directory(std::string const& directory,
                                                           Transfer transfer) {
  TRY_VOID(make_directory(directory));
  int opened = directory_descriptor(directory);
  if (opened < 0) return system_error(errno, "opening", directory);
  std::unique_ptr<FileDisk> disk(new FileDisk(opened, directory, Access::read_write));
  disk->direct_ = transfer == Transfer::direct_if_possible && disk->probe_direct();
  disk->cached_ = transfer == Transfer::cached;
  TRY_VOID(disk->remove_temporary());
  return disk;
}

Result<std::unique_ptr<FileDisk>> FileDisk::open_read_only(std::string const& directory) {
  int opened = directory_descriptor(directory);
  if (opened < 0) return system_error(errno, "opening", directory);
  return std::unique_ptr<FileDisk>(new FileDisk(opened, directory, Access::read_only));
}

// Some file systems refuse O_DIRECT at open, some at the first transfer.
bool FileDisk::probe_direct() const {
  auto path = path_ + "/" + kProbe;
  Descriptor file(open_at(directory_, kProbe, O_RDWR | O_CREAT | O_TRUNC | O_DIRECT | O_DSYNC));
  bool works = false;
  if (file.fd() >= 0) {
    Bytes block(ports::kDiskBlock, 1);
    works = write_direct(file.fd(), 0, block, path) && read_direct(file.fd(), 0, block, path);
  }
  ::unlinkat(directory_, kProbe, 0);
  return works;
}

Result<void> FileDisk::writable() const {
  if (access_ == Access::read_write) return {};
  return fail("read_only", "The directory was opened for reading.", path_);
}

void FileDisk::check_name(std::string const& name) {
  bool plain = !name.empty() && name.size() <= kNameBytesMax && name.front() != '.' &&
               name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
  TALLY_CHECK(plain, "a file name must be one plain name");
}

Result<void> FileDisk::sync_directory() const { return sync_file(directory_, path_); }

Result<std::vector<std::string>> FileDisk::all_names() const {
  int copy = open_at(directory_, ".", O_RDONLY | O_DIRECTORY);
  if (copy < 0) return system_error(errno, "listing", path_);
  std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(copy), ::closedir);
  if (!stream) {
    auto error = system_error(errno, "listing", path_);
    ::close(copy);
    return error;
  }
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    auto const* entry = ::readdir(stream.get());
    if (entry == nullptr && errno != 0) return system_error(errno, "listing", path_);
    if (entry == nullptr) break;
    if (entry->d_type != DT_DIR) names.emplace_back(entry->d_name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::vector<std::string>> FileDisk::list() const {
  TRY(names, all_names());
  std::erase_if(names, [](std::string const& name) { return name.front() == '.'; });
  return names;
}

Result<void> FileDisk::remove_temporary() const {
  TRY(names, all_names());
  for (std::string const& name : names)
    if (name.starts_with(kTemporary) && ::unlinkat(directory_, name.c_str(), 0) != 0)
      return system_error(errno, "removing", path_ + "/" + name);
  return {};
}

Result<std::uint64_t> FileDisk::free_bytes() const {
  struct statvfs status {};
  if (::fstatvfs(directory_, &status) != 0) return system_error(errno, "examining", path_);
  return std::uint64_t{status.f_bavail} * status.f_frsize;
}

// Who reads beside a writer that goes past the page cache goes past it too: a page that was read
// while it was being written may stay there as it was. Nothing where the file system has no such
// way, or no such file.
std::unique_ptr<ports::DiskFile> FileDisk::open_past_cache(std::string const& name,
                                                           std::string const& path) const {
  Descriptor file(open_at(directory_, name, O_RDONLY | O_DIRECT));
  if (file.fd() < 0) return nullptr;
  auto const size = regular_size(file.fd(), path);
  std::array<std::uint8_t, 1> first{};
  if (!size || !read_direct(file.fd(), 0, first, path)) return nullptr;
  return std::make_unique<OpenFile>(std::move(file), path, *size, true, false);
}

Result<std::unique_ptr<ports::DiskFile>> FileDisk::open(std::string const& name) {
  check_name(name);
  bool writes = access_ == Access::read_write;
  auto path = path_ + "/" + name;
  if (!writes)
    if (auto past_cache = open_past_cache(name, path)) return past_cache;
  int flags = writes ? O_RDWR : O_RDONLY;
  if (direct_) flags |= O_DIRECT | O_DSYNC;
  Descriptor file(open_at(directory_, name, flags));
  if (file.fd() < 0) return system_error(errno, "opening", path);
  TRY(size, regular_size(file.fd(), path));
  // Without O_DIRECT: forget what the cache believes, so that reads show what the drive holds.
  if (!direct_ && !cached_) (void)::posix_fadvise(file.fd(), 0, 0, POSIX_FADV_DONTNEED);
  return std::make_unique<OpenFile>(std::move(file), path, size, direct_, writes);
}

template <class Fill>
Result<void> FileDisk::make(std::string const& name, int open_flags, unsigned rename_flags,
                            Fill fill) {
  auto temporary = kTemporary + name;
  auto path = path_ + "/" + temporary;
  auto written = [&]() -> Result<void> {
    Descriptor file(open_at(directory_, temporary, O_WRONLY | O_CREAT | O_TRUNC | open_flags));
    if (file.fd() < 0) return system_error(errno, "creating", path);
    TRY_VOID(fill(file.fd(), path));
    TRY_VOID(sync_file(file.fd(), path));
    auto const* from = temporary.c_str();
    if (::renameat2(directory_, from, directory_, name.c_str(), rename_flags) != 0) {
      return system_error(errno, "renaming", path);
    }
    return {};
  }();
  if (!written) {
    ::unlinkat(directory_, temporary.c_str(), 0);
    return written;
  }
  return sync_directory();
}

Result<std::unique_ptr<ports::DiskFile>> FileDisk::create_zeroed(std::string const& name,
                                                                 std::uint64_t size) {
  check_name(name);
  TRY_VOID(writable());
  // Real zeros, not a hole and not fallocate: a later overwrite then changes no metadata. Past the
  // page cache where that goes: copying a log's worth of zeros costs more than writing the log.
  bool const past_cache = direct_ && size % ports::kDiskBlock == 0;
  TRY_VOID(make(name, past_cache ? O_DIRECT : 0, RENAME_NOREPLACE,
                [&](int fd, std::string const& path) { return write_zeros(fd, size, path); }));
  return open(name);
}

Result<void> FileDisk::put(std::string const& name, ports::Content const& content) {
  check_name(name);
  TRY_VOID(writable());
  return make(name, 0, 0, [&](int fd, std::string const& path) {
    std::uint64_t at = 0;
    return content([&](ByteView part) {
      auto written = write_all(fd, at, part, path);
      at += part.size();
      return written;
    });
  });
}

Result<void> FileDisk::remove(std::string const& name) {
  check_name(name);
  TRY_VOID(writable());
  if (::unlinkat(directory_, name.c_str(), 0) != 0) {
    return system_error(errno, "removing", path_ + "/" + name);
  }
  return sync_directory();
}

}  // namespace tally::platform
