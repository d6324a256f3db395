#include "platform/sandbox_landlock.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "platform/call_filter.h"

namespace tally::platform {
namespace {

// Debian 12's <linux/landlock.h> ends at ABI 2; the later members and bits are from the kernel's
// documentation (userspace-api/landlock). The kernel reads as many bytes as its ABI has.
struct RulesetAttributes {
  std::uint64_t handled_access_fs;
  std::uint64_t handled_access_net;  // ABI 4
  std::uint64_t scoped;              // ABI 6
};
constexpr std::uint64_t kTruncate = 1u << 14;                 // ABI 3
constexpr std::uint64_t kIoctlDevice = 1u << 15;              // ABI 5
constexpr std::uint64_t kBindAndConnectTcp = 3;               // ABI 4
constexpr std::uint64_t kScopeAbstractSocketsAndSignals = 3;  // ABI 6

constexpr std::uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t kRead =
    kReadFile | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_EXECUTE;

constexpr std::array kSystem{"/usr",
                             "/bin",
                             "/sbin",
                             "/lib",
                             "/lib32",
                             "/lib64",
                             "/libx32",
                             "/etc/alternatives",
                             "/etc/ld.so.cache",
                             "/etc/localtime"};
constexpr std::array kDevices{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"};

std::uint64_t all_file_rights(int abi) {
  std::uint64_t rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
  if (abi >= 2) rights |= LANDLOCK_ACCESS_FS_REFER;
  if (abi >= 3) rights |= kTruncate;
  if (abi >= 5) rights |= kIoctlDevice;
  return rights;
}

// Rights that make sense for a file that is no directory.
constexpr std::uint64_t kFileRights =
    kReadFile | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_EXECUTE | kTruncate;

bool allow(int ruleset, std::string const& path, std::uint64_t rights) {
  OwnedFd target(::open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat about {};
  if (!target.open() || ::fstat(target.get(), &about) != 0) return false;
  if (!S_ISDIR(about.st_mode)) rights &= kFileRights;
  landlock_path_beneath_attr rule{};
  rule.allowed_access = rights;
  rule.parent_fd = target.get();
  return ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

bool drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> const none{};
  return ::syscall(SYS_capset, &header, none.data()) == 0;
}

}  // namespace

int landlock_abi() {
  auto abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return abi > 0 ? static_cast<int>(abi) : 0;
}

Result<Confinement> landlock_confinement(SandboxTask const& task, ByteView filter) {
  int abi = landlock_abi();
  if (abi == 0) return fail("sandbox_failed", "this kernel has no Landlock");
  auto const all = all_file_rights(abi);
  RulesetAttributes attributes{all, 0, 0};
  if (abi >= 4) attributes.handled_access_net = kBindAndConnectTcp;
  if (abi >= 6) attributes.scoped = kScopeAbstractSocketsAndSignals;
  std::size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
  Confinement confinement{
      lift(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, size, 0))), filter,
      ::geteuid() == 0};
  int ruleset = confinement.ruleset.get();
  if (ruleset < 0) return fail("sandbox_failed", std::strerror(errno));
  // What a system does not have needs no rule.
  for (char const* path : kSystem) allow(ruleset, path, kRead);
  for (char const* path : kDevices) allow(ruleset, path, kReadFile | LANDLOCK_ACCESS_FS_WRITE_FILE);
  bool whole = allow(ruleset, task.folder, kRead) &&
               allow(ruleset, task.box + "/input.json", kReadFile) &&
               allow(ruleset, task.box + "/receipt.json", all & kFileRights) &&
               allow(ruleset, task.box + "/work", all);
  if (!whole) return fail("sandbox_failed", "Landlock refused a rule for the task's files");
  return confinement;
}

Confinement rlimit_confinement() { return Confinement{OwnedFd(), {}, ::geteuid() == 0}; }

bool enter_confinement(void const* context) {
  auto const& confinement = *static_cast<Confinement const*>(context);
  if (confinement.drop_capabilities && !drop_capabilities()) return false;
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  if (confinement.ruleset.open() &&
      ::syscall(SYS_landlock_restrict_self, confinement.ruleset.get(), 0) != 0)
    return false;
  return confinement.filter.empty() || enter_call_filter(confinement.filter);
}

}  // namespace tally::platform
