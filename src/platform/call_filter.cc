#include "platform/call_filter.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace tally::platform {
namespace {

// Newer than Debian 12's headers; from number 424 on all architectures count alike.
constexpr int kFchmodat2 = 452;
constexpr int kSetxattrat = 463;
constexpr int kRemovexattrat = 466;
constexpr int kOpenTreeAttr = 467;
constexpr int kFileSetattr = 469;

// Ways into other processes, around the rules for files and sockets, into the kernel, and to files
// that no quota sees.
constexpr std::array kNever{
    SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
    SCMP_SYS(process_madvise), SCMP_SYS(process_mrelease), SCMP_SYS(pidfd_getfd), SCMP_SYS(kcmp),
    SCMP_SYS(migrate_pages), SCMP_SYS(move_pages),
    // namespaces and mounts
    SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root),
    SCMP_SYS(chroot), SCMP_SYS(open_tree), SCMP_SYS(move_mount), SCMP_SYS(fsopen),
    SCMP_SYS(fsconfig), SCMP_SYS(fsmount), SCMP_SYS(fspick), SCMP_SYS(mount_setattr), kOpenTreeAttr,
    SCMP_SYS(open_by_handle_at), SCMP_SYS(quotactl),
    // the kernel
    SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register), SCMP_SYS(bpf),
    SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd), SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(fanotify_init), SCMP_SYS(acct),
    SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(reboot), SCMP_SYS(syslog),
    // files that are in no directory
    SCMP_SYS(memfd_create), SCMP_SYS(memfd_secret)};

// Where the machine is shared: what belongs to others but can be named by path or number.
constexpr std::array kNeverShared{
    // out of the process group, which is killed at the end
    SCMP_SYS(setsid), SCMP_SYS(setpgid),
    // sockets of others, by path or by an abstract name
    SCMP_SYS(connect),
    // modes, owners, times and attributes of files that cannot be opened
    SCMP_SYS(chmod), SCMP_SYS(fchmod), SCMP_SYS(fchmodat), kFchmodat2, SCMP_SYS(chown),
    SCMP_SYS(fchown), SCMP_SYS(lchown), SCMP_SYS(fchownat), SCMP_SYS(utime), SCMP_SYS(utimes),
    SCMP_SYS(futimesat), SCMP_SYS(setxattr), SCMP_SYS(lsetxattr), SCMP_SYS(fsetxattr),
    SCMP_SYS(removexattr), SCMP_SYS(lremovexattr), SCMP_SYS(fremovexattr), kSetxattrat,
    kRemovexattrat, kFileSetattr,
    // memory and queues that outlive the box
    SCMP_SYS(shmget), SCMP_SYS(shmat), SCMP_SYS(shmctl), SCMP_SYS(semget), SCMP_SYS(msgget),
    SCMP_SYS(mq_open)};

constexpr std::array kNamespaces{CLONE_NEWUSER, CLONE_NEWNS,  CLONE_NEWPID,   CLONE_NEWNET,
                                 CLONE_NEWIPC,  CLONE_NEWUTS, CLONE_NEWCGROUP};

// Collects rules; the first that libseccomp refuses is remembered.
class Rules {
 public:
  Rules() : context_(::seccomp_init(SCMP_ACT_ALLOW)) {
    note(context_ == nullptr
             ? -ENOMEM
             : ::seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
  }

  void refuse(int call) { note(::seccomp_rule_add(context_.get(), kRefuse, call, 0)); }
  void refuse(int call, scmp_arg_cmp where) {
    note(::seccomp_rule_add_array(context_.get(), kRefuse, call, 1, &where));
  }
  void deny_existence(int call) {
    note(::seccomp_rule_add(context_.get(), SCMP_ACT_ERRNO(ENOSYS), call, 0));
  }

  Result<Bytes> bytes() const;

 private:
  static constexpr std::uint32_t kRefuse = SCMP_ACT_ERRNO(EPERM);
  struct Release {
    void operator()(void* context) const { ::seccomp_release(context); }
  };

  void note(int outcome) {
    if (fault_ == 0 && outcome < 0) fault_ = outcome;
  }

  std::unique_ptr<void, Release> context_;
  int fault_ = 0;
};

scmp_arg_cmp argument(unsigned number, scmp_compare how, std::uint64_t a, std::uint64_t b = 0) {
  return {number, how, a, b};
}

OwnedFd nameless_file() { return lift(::memfd_create("call-filter", MFD_CLOEXEC)); }

bool read_whole(int fd, Bytes& bytes) {
  for (std::size_t have = 0; have < bytes.size();) {
    ssize_t const got =
        ::pread(fd, bytes.data() + have, bytes.size() - have, static_cast<off_t>(have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    have += static_cast<std::size_t>(got);
  }
  return true;
}

// libseccomp 2.5 writes to a descriptor only.
Result<Bytes> Rules::bytes() const {
  auto const broken = [](int error) {
    return fail("sandbox_failed", std::string("libseccomp: ") + std::strerror(error));
  };
  if (fault_ < 0) return broken(-fault_);
  OwnedFd const file = nameless_file();
  if (!file.open()) return broken(errno);
  if (int const outcome = ::seccomp_export_bpf(context_.get(), file.get()); outcome < 0)
    return broken(-outcome);
  Bytes bytes(static_cast<std::size_t>(std::max<off_t>(::lseek(file.get(), 0, SEEK_END), 0)));
  if (bytes.empty() || !read_whole(file.get(), bytes)) return broken(EIO);
  return bytes;
}

// Every family but AF_UNIX: the internet's, AF_VSOCK, AF_NETLINK, AF_PACKET, AF_ALG, ...
void add_families(Rules& rules) {
  for (int const call : {SCMP_SYS(socket), SCMP_SYS(socketpair)})
    rules.refuse(call, argument(0, SCMP_CMP_NE, AF_UNIX));
}

// A new namespace comes with capabilities in it. clone3 hides its flags in memory.
void add_namespaces(Rules& rules) {
  for (int const flag : kNamespaces) {
    auto const bit = static_cast<std::uint64_t>(flag);
    rules.refuse(SCMP_SYS(clone), argument(0, SCMP_CMP_MASKED_EQ, bit, bit));
  }
  rules.deny_existence(SCMP_SYS(clone3));
}

// Priorities and processors: one's own (0) only.
void add_own_priority(Rules& rules) {
  for (int const call : {SCMP_SYS(sched_setaffinity), SCMP_SYS(sched_setscheduler),
                         SCMP_SYS(sched_setparam), SCMP_SYS(sched_setattr)})
    rules.refuse(call, argument(0, SCMP_CMP_NE, 0));
  for (int const call : {SCMP_SYS(setpriority), SCMP_SYS(ioprio_set)})
    rules.refuse(call, argument(1, SCMP_CMP_NE, 0));
  constexpr std::uint64_t kIoprioWhoProcess = 1;
  rules.refuse(SCMP_SYS(setpriority), argument(0, SCMP_CMP_NE, PRIO_PROCESS));
  rules.refuse(SCMP_SYS(ioprio_set), argument(0, SCMP_CMP_NE, kIoprioWhoProcess));
}

// A datagram names its receiver in each message, where no filter can look; streams must connect.
void add_datagrams(Rules& rules) {
  constexpr std::uint64_t kTypeBits = 0xf;
  for (int const call : {SCMP_SYS(socket), SCMP_SYS(socketpair)})
    for (int const type : {SOCK_DGRAM, SOCK_RAW})
      rules.refuse(call,
                   argument(1, SCMP_CMP_MASKED_EQ, kTypeBits, static_cast<std::uint64_t>(type)));
}

}  // namespace

Result<Bytes> make_call_filter(Shared shared) {
  Rules rules;
  for (int const call : kNever) rules.refuse(call);
  add_families(rules);
  add_namespaces(rules);
  rules.refuse(SCMP_SYS(prlimit64), argument(0, SCMP_CMP_NE, 0));  // one's own limits only
  if (shared == Shared::with_machine) {
    for (int const call : kNeverShared) rules.refuse(call);
    add_own_priority(rules);
    add_datagrams(rules);
    // The times of an open file may be set; those of a path may be anybody's.
    rules.refuse(SCMP_SYS(utimensat), argument(1, SCMP_CMP_NE, 0));
    // The quota looks at what a process has open (platform/box_usage.h).
    rules.refuse(SCMP_SYS(prctl), argument(0, SCMP_CMP_EQ, PR_SET_DUMPABLE));
  }
  return rules.bytes();
}

OwnedFd call_filter_file(ByteView filter) {
  OwnedFd file = nameless_file();
  if (!file.open()) return {};
  auto const wrote = ::pwrite(file.get(), filter.data(), filter.size(), 0);
  return wrote == static_cast<ssize_t>(filter.size()) ? std::move(file) : OwnedFd();
}

bool enter_call_filter(ByteView filter) {
  auto* const code = reinterpret_cast<sock_filter*>(const_cast<std::uint8_t*>(filter.data()));
  sock_fprog const program{static_cast<unsigned short>(filter.size() / sizeof(sock_filter)), code};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace tally::platform
