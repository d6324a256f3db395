#include "platform/box_usage.h"

#include <dirent.h>
#include <fts.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

namespace tally::platform {
namespace {

constexpr std::uint64_t kBlock = 512;  // the unit of st_blocks

std::uint64_t bytes_of(struct stat const& about) {
  return std::max(kFileCountsAsBytes, static_cast<std::uint64_t>(about.st_blocks) * kBlock);
}

struct CloseWalk {
  void operator()(FTS* walk) const { ::fts_close(walk); }
};
struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

// What was deleted while we walk is passed over. What can be seen but not judged (an unreadable
// directory, a path that is too long) is taken for too much.
std::uint64_t bytes_below(std::string const& directory, std::uint64_t enough) {
  std::string root = directory;
  char* const roots[] = {root.data(), nullptr};
  std::unique_ptr<FTS, CloseWalk> const walk(
      ::fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, nullptr));
  std::uint64_t sum = 0;
  while (walk && sum <= enough) {
    FTSENT const* const entry = ::fts_read(walk.get());
    if (entry == nullptr) return sum;
    bool const failed =
        entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR || entry->fts_info == FTS_NS;
    if (failed && entry->fts_errno != ENOENT) return enough + 1;
    if (failed || entry->fts_info == FTS_DP || entry->fts_level == 0) continue;
    sum += bytes_of(*entry->fts_statp);
  }
  return sum;
}

// The number that a name under /proc is, or -1.
int number_of(std::string_view name) {
  int number = -1;
  auto const [end, fault] = std::from_chars(name.data(), name.data() + name.size(), number);
  return fault == std::errc{} && end == name.data() + name.size() ? number : -1;
}

// Calls visit(number) for each numbered entry.
template <class Visit>
void each_number(std::string const& path, Visit visit) {
  Directory const directory(::opendir(path.c_str()));
  while (directory) {
    dirent const* const entry = ::readdir(directory.get());
    if (entry == nullptr) return;
    if (int const number = number_of(entry->d_name); number >= 0) visit(number);
  }
}

std::uint64_t bytes_without_name(int group) {
  std::uint64_t sum = 0;
  std::set<std::pair<dev_t, ino_t>> seen;
  each_number("/proc", [&](int pid) {
    if (::getpgid(pid) != group) return;
    std::string const open = "/proc/" + std::to_string(pid) + "/fd";
    each_number(open, [&](int fd) {
      struct stat about {};
      if (::stat((open + "/" + std::to_string(fd)).c_str(), &about) != 0) return;
      if (!S_ISREG(about.st_mode) || about.st_nlink > 0) return;
      if (seen.emplace(about.st_dev, about.st_ino).second) sum += bytes_of(about);
    });
  });
  return sum;
}

}  // namespace

bool uses_more_than(std::uint64_t bytes_max, std::string const& directory, int group) {
  auto const named = bytes_below(directory, bytes_max);
  return named > bytes_max || named + bytes_without_name(group) > bytes_max;
}

}  // namespace tally::platform
