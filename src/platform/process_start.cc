#include "platform/process_start.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace tally::platform {
namespace {

struct Pipe {
  OwnedFd read_end;
  OwnedFd write_end;
};

bool make_pipe(Pipe& pipe) {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  pipe.read_end = lift(ends[0]);
  pipe.write_end = lift(ends[1]);
  return pipe.read_end.open() && pipe.write_end.open();
}

// All that the child needs, laid out before the fork: it may not allocate.
struct ChildPlan {
  ProcessPlan const* plan = nullptr;
  std::vector<char*> arguments;
  std::vector<char*> environment;
  char const* directory = "/";
  int input = -1;
  int output = -1;
  int error = -1;
  int status = -1;
  int handed = -1;
  int failure = -1;
  int parent = 0;
};

std::vector<char*> pointers(std::vector<std::string> const& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (auto const& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

void reset_signals() {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &standard, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool take_descriptors(ChildPlan const& child) {
  return ::dup2(child.input, 0) == 0 && ::dup2(child.output, 1) == 1 &&
         ::dup2(child.error, 2) == 2 && ::dup2(child.status, kStatusFd) == kStatusFd &&
         (child.handed < 0 || ::dup2(child.handed, kHandedFd) == kHandedFd) &&
         ::syscall(SYS_close_range, child.handed < 0 ? kHandedFd : kHandedFd + 1, ~0U,
                   CLOSE_RANGE_CLOEXEC) == 0;
}

// A limit that is already tighter stays.
bool take_limits(std::vector<ProcessLimit> const& limits) {
  for (auto const& limit : limits) {
    auto resource = static_cast<__rlimit_resource>(limit.resource);
    rlimit both{};
    if (::getrlimit(resource, &both) != 0) return false;
    both.rlim_max = std::min<rlim_t>(both.rlim_max, limit.value);
    both.rlim_cur = both.rlim_max;
    if (::setrlimit(resource, &both) != 0) return false;
  }
  return true;
}

// Last of all, because a change of user clears it. A parent that died meanwhile sends no signal.
bool die_with_parent(int parent) {
  return ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == parent;
}

[[noreturn]] void run_child(ChildPlan const& child) {
  reset_signals();
  ::setsid();
  ::umask(077);
  auto const& plan = *child.plan;
  if (take_descriptors(child) && ::chdir(child.directory) == 0 &&
      (plan.prepare == nullptr || plan.prepare(plan.context)) && take_limits(plan.limits) &&
      die_with_parent(child.parent))
    ::execve(child.arguments[0], child.arguments.data(), child.environment.data());
  int const reason = errno;
  if (::write(child.failure, &reason, sizeof reason) < 0) ::_exit(126);
  ::_exit(127);
}

// Signals stay blocked across the fork, so that no handler of the server runs in the child.
int fork_quietly(ChildPlan const& child) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  int const pid = ::fork();
  if (pid == 0) run_child(child);
  int const reason = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = reason;
  return pid;
}

// Nothing comes when exec worked: the pipe closes with it.
int exec_failure(int fd) {
  int reason = 0;
  ssize_t got = 0;
  do got = ::read(fd, &reason, sizeof reason);
  while (got < 0 && errno == EINTR);
  if (got == 0) return 0;
  return got == static_cast<ssize_t>(sizeof reason) && reason != 0 ? reason : EIO;
}

void bury(int pid) {
  ::kill(pid, SIGKILL);
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace

Result<StartedProcess> start_process(ProcessPlan const& plan, int& failed_errno) {
  auto refuse = [&failed_errno](int reason) {
    failed_errno = reason;
    return fail("not_started", "The process could not be started.");
  };
  Pipe output;
  Pipe error;
  Pipe status;
  Pipe failure;
  OwnedFd input = lift(::open(plan.stdin_path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!input.open() || !make_pipe(output) || !make_pipe(error) || !make_pipe(status) ||
      !make_pipe(failure))
    return refuse(errno);
  ChildPlan child{&plan, pointers(plan.arguments), pointers(plan.environment)};
  if (!plan.directory.empty()) child.directory = plan.directory.c_str();
  child.input = input.get();
  child.output = output.write_end.get();
  child.error = error.write_end.get();
  child.status = status.write_end.get();
  child.handed = plan.handed_fd;
  child.failure = failure.write_end.get();
  child.parent = ::getpid();
  int const pid = fork_quietly(child);
  if (pid < 0) return refuse(errno);
  failure.write_end.reset();
  int reason = exec_failure(failure.read_end.get());
  OwnedFd pidfd(reason == 0 ? static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)) : -1);
  if (reason == 0 && !pidfd.open()) reason = errno;
  if (reason != 0) {
    bury(pid);
    return refuse(reason);
  }
  return StartedProcess{pid, std::move(pidfd), std::move(output.read_end),
                        std::move(error.read_end), std::move(status.read_end)};
}

}  // namespace tally::platform
