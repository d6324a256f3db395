#include "platform/call_filter.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "platform/sandbox_fixture.h"

namespace tally::platform {
namespace {

// Python with a word for each way to ask the kernel: prints "<what> <errno's name or ok>".
constexpr std::string_view kAsk = R"(exec python3 - <<'END'
import ctypes, errno, os, resource, socket
libc = ctypes.CDLL(None, use_errno=True)
def ask(what, call):
    try:
        call()
        print(what, "ok")
    except OSError as fault:
        print(what, errno.errorcode[fault.errno])
def raw(*arguments):
    if libc.syscall(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "")
)";

std::string asking(std::string const& lines) { return std::string(kAsk) + lines + "\nEND"; }

// What holds at both levels that have the filter.
class CallFilterTest : public SandboxTest, public testing::WithParamInterface<SandboxLevel> {
 protected:
  void SetUp() override { TALLY_REACH(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Sandbox, CallFilterTest,
                         testing::Values(SandboxLevel::bubblewrap, SandboxLevel::landlock),
                         [](auto const& level) { return std::string(level_name(level.param)); });

TEST_P(CallFilterTest, OpensNoSocketButOneOfAfUnix) {
  auto const outcome = run(asking(R"(
for family in ("AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_ALG", "AF_TIPC"):
    ask(family, lambda: socket.socket(getattr(socket, family), socket.SOCK_STREAM))
ask("pair", lambda: socket.socketpair(socket.AF_TIPC, socket.SOCK_STREAM))
ask("AF_UNIX", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
ask("AF_UNIX pair", lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM))
)"));
  EXPECT_EQ(outcome.output,
            "AF_INET EPERM\nAF_INET6 EPERM\nAF_NETLINK EPERM\nAF_PACKET EPERM\nAF_VSOCK EPERM\n"
            "AF_ALG EPERM\nAF_TIPC EPERM\npair EPERM\nAF_UNIX ok\nAF_UNIX pair ok\n")
      << outcome.error_tail;
}

TEST_P(CallFilterTest, ReachesTheLimitsOfNoOtherProcess) {
  auto const outcome = run(asking(R"(
ask("own", lambda: resource.prlimit(0, resource.RLIMIT_NOFILE))
ask("parent's", lambda: resource.prlimit(os.getppid(), resource.RLIMIT_FSIZE))
)"));
  EXPECT_EQ(outcome.output, "own ok\nparent's EPERM\n") << outcome.error_tail;
}

TEST_P(CallFilterTest, MakesNeitherNamespacesNorFilesWithoutADirectory) {
  auto const outcome = run(asking(R"(
ask("unshare", lambda: raw(272, 0x04000000))
ask("clone3", lambda: raw(435, 0, 0))
ask("clone", lambda: raw(56, 0x10000000 | 17, 0, 0, 0, 0))
ask("memfd", lambda: os.memfd_create("x"))
ask("io_uring", lambda: raw(425, 1, 0))
ask("userfaultfd", lambda: raw(323, 0))
)"));
#if defined(__x86_64__)
  EXPECT_EQ(outcome.output,
            "unshare EPERM\nclone3 ENOSYS\nclone EPERM\nmemfd EPERM\nio_uring EPERM\n"
            "userfaultfd EPERM\n")
      << outcome.error_tail;
#endif
}

TEST_P(CallFilterTest, StartsProgramsAndThreadsAsUsual) {
  auto const outcome = run(asking(R"(
import subprocess, threading
thread = threading.Thread(target=lambda: print("thread", flush=True))
thread.start()
thread.join()
print(subprocess.run(["/bin/echo", "program"], capture_output=True, text=True).stdout, end="")
)"));
  EXPECT_EQ(outcome.output, "thread\nprogram\n") << outcome.error_tail;
}

class SharedMachineTest : public SandboxTest {
 protected:
  void SetUp() override { TALLY_REACH(SandboxLevel::landlock); }
};

sockaddr_un address_of(std::string const& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
  return address;
}

OwnedFd listen_at(sockaddr_un const& address, int type) {
  OwnedFd listener(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  auto const* generic = reinterpret_cast<sockaddr const*>(&address);
  EXPECT_EQ(::bind(listener.get(), generic, sizeof address), 0) << std::strerror(errno);
  if (type == SOCK_STREAM) {
    EXPECT_EQ(::listen(listener.get(), 1), 0);
  }
  return listener;
}

TEST_F(SharedMachineTest, ReachesNoSocketThatIsNotItsOwn) {
  char const* const temporary = "/tmp/tally-call-filter-test";
  std::string const stream = temporary + std::to_string(::getpid());
  auto const listener = listen_at(address_of(stream), SOCK_STREAM);
  auto const datagrams = listen_at(address_of(stream + "d"), SOCK_DGRAM);
  OwnedFd control(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  auto const address = address_of(stream);
  ASSERT_EQ(::connect(control.get(), reinterpret_cast<sockaddr const*>(&address), sizeof address),
            0)
      << "the control must connect";
  auto const outcome = run(asking("path = '" + stream + R"('
ask("connect", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).connect(path))
ask("datagram", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"x", path + "d"))
def pair():
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
ask("pair", lambda: pair()[0].sendto(b"x", path + "d"))
ask("abstract", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).connect("\0none"))
)"));
  ::unlink(stream.c_str());
  ::unlink((stream + "d").c_str());
  EXPECT_EQ(outcome.output, "connect EPERM\ndatagram EPERM\npair EPERM\nabstract EPERM\n")
      << outcome.error_tail;
}

TEST_F(SharedMachineTest, ChangesNothingOfAFileThatItCannotOpen) {
  auto const secret = directory_ / "secret";
  write_text(secret, "outside");
  std::filesystem::permissions(secret, std::filesystem::perms(0640));
  struct stat before {};
  ASSERT_EQ(::stat(secret.c_str(), &before), 0);
  auto const outcome = run(asking("path = '" + secret + R"('
ask("chmod", lambda: os.chmod(path, 0o777))
ask("chown", lambda: os.chown(path, os.getuid(), os.getgid()))
ask("times", lambda: os.utime(path, (1, 1)))
ask("attribute", lambda: os.setxattr(path, "user.x", b"1"))
ask("fchmodat2", lambda: raw(452, -100, path.encode(), 0o777, 0))
)"));
  EXPECT_EQ(outcome.output,
            "chmod EPERM\nchown EPERM\ntimes EPERM\nattribute EPERM\nfchmodat2 EPERM\n")
      << outcome.error_tail;
  struct stat after {};
  ASSERT_EQ(::stat(secret.c_str(), &after), 0);
  EXPECT_EQ(after.st_mode, before.st_mode);
  EXPECT_EQ(after.st_mtim.tv_sec, before.st_mtim.tv_sec);
}

TEST_F(SharedMachineTest, TouchesNoPriorityNorMemoryOfOthers) {
  auto const outcome = run(asking(R"(
ask("own", lambda: os.setpriority(os.PRIO_PROCESS, 0, 19))
ask("parent's", lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 5))
ask("user's", lambda: os.setpriority(os.PRIO_USER, 0, 5))
ask("processors", lambda: os.sched_setaffinity(os.getppid(), os.sched_getaffinity(0)))
)"));
  EXPECT_EQ(outcome.output, "own ok\nparent's EPERM\nuser's EPERM\nprocessors EPERM\n")
      << outcome.error_tail;
}

TEST_F(SharedMachineTest, WorksInItsScratchDirectoryAsUsual) {
  auto const outcome = run(R"(cd $TMPDIR
    touch new && mkdir -p a/b && echo text > a/b/c && cp a/b/c copy && mv copy moved &&
    ln -s moved link && rm -r a new && cat link)");
  EXPECT_EQ(outcome.output, "text\n") << outcome.error_tail;
}

}  // namespace
}  // namespace tally::platform
