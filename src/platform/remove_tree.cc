#include "platform/remove_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string_view>

namespace tally::platform {
namespace {

struct Close {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, Close>;

// Its owner may read and change it from here on. None: it cannot be opened.
Directory open_directory(int parent, char const* name) {
  // Where that fails, opening it says so.
  [[maybe_unused]] int const changed = ::fchmodat(parent, name, 0700, 0);
  int const fd = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return nullptr;
  Directory directory(::fdopendir(fd));
  if (!directory) ::close(fd);
  return directory;
}

// Removes the entries of a directory. What is a directory with something in it is given to `full`,
// which takes it away or says why not (errno). 0: it is empty now.
int empty(DIR* directory, std::function<int(int parent, char const* name)> const& full) {
  int const own = ::dirfd(directory);
  for (;;) {
    errno = 0;
    dirent const* const entry = ::readdir(directory);
    if (entry == nullptr) return errno;
    std::string_view const name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (::unlinkat(own, entry->d_name, 0) == 0 || errno == ENOENT) continue;
    if (::unlinkat(own, entry->d_name, AT_REMOVEDIR) == 0) continue;
    if (errno != ENOTEMPTY && errno != EEXIST) return errno;
    if (int const fault = full(own, entry->d_name); fault != 0) return fault;
  }
}

// A tree is never walked down: a directory in a directory of `root` moves up into `root` first, so
// two are open at a time, however deep it was.
class Flattening {
 public:
  explicit Flattening(DIR* root) : root_(::dirfd(root)) {}

  int remove(char const* name) {
    Directory const directory = open_directory(root_, name);
    if (!directory) return errno;
    int const fault = empty(
        directory.get(), [this](int parent, char const* inner) { return move_up(parent, inner); });
    if (fault != 0) return fault;
    return ::unlinkat(root_, name, AT_REMOVEDIR) == 0 ? 0 : errno;
  }

 private:
  int move_up(int parent, char const* name) {
    // Else its ".." could not change; where that fails, moving it says so.
    [[maybe_unused]] int const changed = ::fchmodat(parent, name, 0700, 0);
    for (;;) {
      std::string const free = ".removed-" + std::to_string(next_++);
      if (::renameat2(parent, name, root_, free.c_str(), RENAME_NOREPLACE) == 0) return 0;
      if (errno != EEXIST) return errno;
    }
  }

  int root_;
  std::uint64_t next_ = 0;
};

// 0, or errno. What moves up is found by the next round.
int empty_root(std::string const& path) {
  for (;;) {
    Directory const root = open_directory(AT_FDCWD, path.c_str());
    if (!root) return errno;
    Flattening flattening(root.get());
    bool moved = false;
    int const fault = empty(root.get(), [&](int, char const* name) {
      moved = true;
      return flattening.remove(name);
    });
    if (fault != 0 || !moved) return fault;
  }
}

}  // namespace

Result<void> remove_tree(std::string const& path) {
  struct stat about {};
  if (::lstat(path.c_str(), &about) != 0 && (errno == ENOENT || errno == ENOTDIR)) return {};
  int fault = S_ISDIR(about.st_mode) ? empty_root(path) : 0;
  bool const directory = S_ISDIR(about.st_mode);
  if (fault == 0 && ::unlinkat(AT_FDCWD, path.c_str(), directory ? AT_REMOVEDIR : 0) != 0)
    fault = errno;
  if (fault == 0) return {};
  return fail("io_error", "The server could not use its disk.",
              "removing " + path + ": " + std::strerror(fault));
}

}  // namespace tally::platform
