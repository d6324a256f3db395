#include "platform/sandbox_bubblewrap.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <filesystem>

namespace tally::platform {
namespace {

constexpr char const* kBubblewrap = "/usr/bin/bwrap";
constexpr char const* kPrlimit = "/usr/bin/prlimit";
constexpr char const* kDoorFolder = "/tmp/folder";
constexpr char const* kDoorInput = "/tmp/input.json";
constexpr char const* kDoorReceipt = "/tmp/receipt.json";

// Top-level directories beside /usr: symbolic links into it on a merged system.
constexpr std::array kSystem{"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"};
// As little of /etc as dynamic linking, Debian's alternatives and local time need.
constexpr std::array kSettings{"/etc/alternatives",  "/etc/ld.so.cache", "/etc/ld.so.conf",
                               "/etc/ld.so.conf.d",  "/etc/localtime",   "/etc/timezone",
                               "/etc/nsswitch.conf", "/etc/mime.types"};

using Arguments = std::vector<std::string>;

void add(Arguments& all, std::initializer_list<std::string> more) {
  all.insert(all.end(), more.begin(), more.end());
}

void add_system(Arguments& all) {
  namespace fs = std::filesystem;
  add(all, {"--ro-bind", "/usr", "/usr"});
  for (char const* path : kSystem) {
    std::error_code error;
    if (fs::is_symlink(path, error))
      add(all, {"--symlink", fs::read_symlink(path, error).string(), path});
    else
      add(all, {"--ro-bind-try", path, path});
  }
  for (char const* path : kSettings) add(all, {"--ro-bind-try", path, path});
}

void add_scratch(Arguments& all) {
  auto size = std::to_string(kScratchBytesMax);
  add(all, {"--proc", "/proc", "--dev", "/dev"});
  add(all, {"--size", size, "--tmpfs", "/dev/shm", "--remount-ro", "/dev"});
  add(all, {"--size", size, "--tmpfs", "/tmp"});
  add(all, {"--size", size, "--tmpfs", "/work"});
}

bool put_file(char const* path, mode_t mode) {
  int fd = ::open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  return fd >= 0 && ::close(fd) == 0;
}

// The sources are opened before /tmp is covered, for they may lie below it.
bool open_sources(RootHandoff const& door, std::array<int, 3>& sources) {
  sources[0] = ::open(door.folder, O_PATH | O_CLOEXEC | O_NOFOLLOW);
  sources[1] = ::open(door.input, O_PATH | O_CLOEXEC | O_NOFOLLOW);
  sources[2] = ::open(door.receipt, O_PATH | O_CLOEXEC | O_NOFOLLOW);
  return sources[0] >= 0 && sources[1] >= 0 && sources[2] >= 0;
}

// "/proc/self/fd/<number>", written without a call that may allocate.
class DescriptorName {
 public:
  explicit DescriptorName(int fd) {
    char digits[12];
    int count = 0;
    do {
      digits[count++] = static_cast<char>('0' + fd % 10);
      fd /= 10;
    } while (fd > 0);
    for (int i = 0; i < count; ++i) text_[kPrefix + i] = digits[count - 1 - i];
  }
  char const* text() const { return text_; }

 private:
  static constexpr int kPrefix = 14;
  char text_[kPrefix + 13] = "/proc/self/fd/";
};

bool bind(int source, char const* target) {
  return ::mount(DescriptorName(source).text(), target, nullptr, MS_BIND, nullptr) == 0;
}

bool become_nobody() {
  // The raw calls: glibc's would signal threads that the child does not have.
  return ::syscall(SYS_setgroups, 0, nullptr) == 0 &&
         ::syscall(SYS_setresgid, kNobody, kNobody, kNobody) == 0 &&
         ::syscall(SYS_setresuid, kNobody, kNobody, kNobody) == 0;
}

}  // namespace

Result<void> find_bubblewrap() {
  for (char const* program : {kBubblewrap, kPrlimit})
    if (::access(program, X_OK) != 0)
      return fail("sandbox_failed", std::string(program) + " is not installed");
  return {};
}

std::vector<std::string> bubblewrap_arguments(SandboxTask const& task, bool door) {
  Arguments all{kBubblewrap,         "--unshare-all", "--unshare-user", "--disable-userns",
                "--die-with-parent", "--new-session", "--cap-drop",     "ALL"};
  add_system(all);
  add_scratch(all);
  add(all, {"--ro-bind", door ? kDoorFolder : task.folder, kInsideFolder});
  add(all, {"--ro-bind", door ? kDoorInput : task.box + "/input.json", kInsideInput});
  add(all, {"--bind", door ? kDoorReceipt : task.box + "/receipt.json", kInsideReceipt});
  add(all, {"--remount-ro", "/", "--chdir", kInsideFolder});
  add(all, {"--seccomp", std::to_string(kHandedFd)});
  add(all, {"--json-status-fd", std::to_string(kStatusFd), "--"});
  // Set inside, where the new user namespace counts this sandbox alone; one more for its init.
  add(all, {kPrlimit, "--nproc=" + std::to_string(task.limits.processes_max + 1), "--"});
  all.insert(all.end(), task.command.begin(), task.command.end());
  return all;
}

bool enter_bubblewrap_door(void const* context) {
  auto const& door = *static_cast<RootHandoff const*>(context);
  std::array<int, 3> sources{};
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         open_sources(door, sources) &&
         ::mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=64k") == 0 &&
         ::mkdir(kDoorFolder, 0755) == 0 && ::chmod(kDoorFolder, 0755) == 0 &&
         put_file(kDoorInput, 0600) && put_file(kDoorReceipt, 0600) &&
         bind(sources[0], kDoorFolder) && bind(sources[1], kDoorInput) &&
         bind(sources[2], kDoorReceipt) && become_nobody();
}

}  // namespace tally::platform
