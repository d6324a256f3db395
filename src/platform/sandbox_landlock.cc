#include "platform/sandbox_landlock.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

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

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "The seccomp filter is written for x86_64 and aarch64."
#endif

// Ways around the socket rule, out of the process group, into other processes or the kernel.
constexpr std::array<std::uint32_t, 18> kDenied{SYS_io_uring_setup,
                                                SYS_setsid,
                                                SYS_setpgid,
                                                SYS_ptrace,
                                                SYS_process_vm_readv,
                                                SYS_process_vm_writev,
                                                SYS_unshare,
                                                SYS_setns,
                                                SYS_mount,
                                                SYS_bpf,
                                                SYS_keyctl,
                                                SYS_add_key,
                                                SYS_request_key,
                                                SYS_perf_event_open,
                                                SYS_userfaultfd,
                                                SYS_init_module,
                                                SYS_finit_module,
                                                SYS_kexec_load};

constexpr std::uint32_t kX32Bit = 0x40000000;

constexpr sock_filter load(std::size_t offset) {
  return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)};
}
constexpr sock_filter skip_unless(std::uint16_t test, std::uint32_t value) {
  return {static_cast<std::uint16_t>(BPF_JMP | test | BPF_K), 0, 1, value};
}
constexpr sock_filter answer(std::uint32_t value) { return {BPF_RET | BPF_K, 0, 0, value}; }
constexpr std::uint32_t kRefuse = SECCOMP_RET_ERRNO | EPERM;

using Filter = std::array<sock_filter, 11 + 2 * kDenied.size()>;

constexpr Filter make_filter() {
  Filter filter{};
  std::size_t at = 0;
  filter[at++] = load(offsetof(seccomp_data, arch));
  filter[at++] = {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, kArchitecture};
  filter[at++] = answer(SECCOMP_RET_KILL_PROCESS);
  filter[at++] = load(offsetof(seccomp_data, nr));
  filter[at++] = skip_unless(BPF_JGE, kX32Bit);
  filter[at++] = answer(kRefuse);
  for (auto number : kDenied) {
    filter[at++] = skip_unless(BPF_JEQ, number);
    filter[at++] = answer(kRefuse);
  }
  // A socket of any family but AF_UNIX is refused; every other call is allowed.
  filter[at++] = {BPF_JMP | BPF_JEQ | BPF_K, 0, 2, SYS_socket};
  filter[at++] = load(offsetof(seccomp_data, args));
  filter[at++] = {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, AF_UNIX};
  filter[at++] = answer(SECCOMP_RET_ALLOW);
  filter[at++] = answer(kRefuse);
  return filter;
}

bool filter_calls() {
  static constexpr Filter filter = make_filter();
  sock_fprog const program{filter.size(), const_cast<sock_filter*>(filter.data())};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
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

Result<Confinement> landlock_confinement(SandboxTask const& task) {
  int abi = landlock_abi();
  if (abi == 0) return fail("sandbox_failed", "this kernel has no Landlock");
  auto const all = all_file_rights(abi);
  RulesetAttributes attributes{all, 0, 0};
  if (abi >= 4) attributes.handled_access_net = kBindAndConnectTcp;
  if (abi >= 6) attributes.scoped = kScopeAbstractSocketsAndSignals;
  std::size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
  Confinement confinement{
      lift(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, size, 0))), true,
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

Confinement rlimit_confinement() { return Confinement{OwnedFd(), false, ::geteuid() == 0}; }

bool enter_confinement(void const* context) {
  auto const& confinement = *static_cast<Confinement const*>(context);
  if (confinement.drop_capabilities && !drop_capabilities()) return false;
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  if (confinement.ruleset.open() &&
      ::syscall(SYS_landlock_restrict_self, confinement.ruleset.get(), 0) != 0)
    return false;
  return !confinement.seccomp || filter_calls();
}

}  // namespace tally::platform
