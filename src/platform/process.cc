#include "platform/process.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "platform/process_start.h"
#include "platform/process_stop.h"

namespace tally::platform {
namespace {

constexpr std::size_t kReadBytes = 16 * 1024;

// Watches a started process until it is dead and its pipes are closed.
class Watch {
 public:
  Watch(ProcessPlan const& plan, ports::Clock const& clock, int cancel_fd, StartedProcess process)
      : plan_(plan), clock_(clock), cancel_fd_(cancel_fd), process_(std::move(process)) {}

  ProcessOutcome run(Duration started) {
    deadline_ = started + plan_.timeout;
    while (!finished()) {
      wait();
      look_at_quota();
      if (clock_.monotonic() >= deadline_) on_deadline();
    }
    if (!dead_) bury();
    outcome_.elapsed = clock_.monotonic() - started;
    return std::move(outcome_);
  }

 private:
  bool finished() const {
    return abandoned_ ||
           (dead_ && !process_.output.open() && !process_.error.open() && !process_.status.open());
  }

  void wait() {
    auto const longest = plan_.exceeds_quota ? kQuotaEveryMs : 60'000;
    auto left_ms = std::clamp<std::int64_t>(((deadline_ - clock_.monotonic()).value() + 999) / 1000,
                                            0, longest);
    // poll passes over negative descriptors.
    std::array<pollfd, 5> watched{{{process_.output.get(), POLLIN, 0},
                                   {process_.error.get(), POLLIN, 0},
                                   {process_.status.get(), POLLIN, 0},
                                   {dead_ ? -1 : process_.pidfd.get(), POLLIN, 0},
                                   {stopping_ ? -1 : cancel_fd_, POLLIN, 0}}};
    if (::poll(watched.data(), watched.size(), static_cast<int>(left_ms)) <= 0) return;
    if (watched[0].revents != 0) take_output();
    if (watched[1].revents != 0) take_error();
    if (watched[2].revents != 0) take_status();
    if (watched[3].revents != 0) bury();
    if (watched[4].revents != 0) stop(ProcessEnd::cancelled);
  }

  void look_at_quota() {
    bool const over = dead_ || (stopping_ && !asked_);
    if (!plan_.exceeds_quota || over || clock_.monotonic() < next_look_) return;
    if (plan_.exceeds_quota(process_.pid)) asked_ ? kill_now() : stop(ProcessEnd::over_quota);
    next_look_ = clock_.monotonic() + milliseconds(kQuotaEveryMs);
  }

  // The first reason counts; a process that is already dead keeps its own. Who writes too much is
  // not asked.
  void stop(ProcessEnd why) {
    if (stopping_) return;
    stopping_ = true;
    if (dead_) return drain();
    outcome_.end = why;
    if (why == ProcessEnd::output_too_large || why == ProcessEnd::over_quota) return kill_now();
    ask_to_stop(process_.pid, plan_.wrappers);
    asked_ = true;
    deadline_ = clock_.monotonic() + milliseconds(kStopGraceMs);
  }

  void drain() {
    asked_ = false;
    deadline_ = clock_.monotonic() + milliseconds(kDrainMsMax);
  }

  void kill_now() {
    kill_all();
    drain();
  }

  void on_deadline() {
    if (asked_)
      kill_now();
    else if (stopping_)
      abandoned_ = true;
    else
      stop(ProcessEnd::timed_out);
  }

  // The process stays a zombie until it is waited for, so neither number can belong to another.
  void kill_all() {
    ::kill(-process_.pid, SIGKILL);
    ::kill(process_.pid, SIGKILL);
  }

  // What the process left behind in its group dies with it.
  void bury() {
    kill_all();
    siginfo_t how{};
    int waited = 0;
    do waited = ::waitid(P_PID, static_cast<id_t>(process_.pid), &how, WEXITED);
    while (waited != 0 && errno == EINTR);
    dead_ = true;
    if (asked_) drain();
    if (stopping_) return;
    outcome_.end = how.si_code == CLD_EXITED ? ProcessEnd::exited : ProcessEnd::killed;
    outcome_.code = how.si_status;
    stopping_ = true;
    drain();
  }

  std::string_view take(OwnedFd& pipe) {
    ssize_t got = ::read(pipe.get(), buffer_.data(), buffer_.size());
    if (got < 0 && errno == EINTR) return {};
    if (got <= 0) pipe.reset();
    return {buffer_.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
  }

  void take_output() {
    auto text = take(process_.output);
    if (too_large_) return;
    outcome_.output += text;
    if (outcome_.output.size() <= plan_.output_bytes_max) return;
    too_large_ = true;
    outcome_.output.clear();
    // It may have ended well a moment ago; what it wrote is refused all the same.
    if (outcome_.end == ProcessEnd::exited || !stopping_)
      outcome_.end = ProcessEnd::output_too_large;
    if (!stopping_) stop(ProcessEnd::output_too_large);
  }

  void take_error() {
    outcome_.error_tail += take(process_.error);
    if (outcome_.error_tail.size() > kErrorTailBytesMax)
      outcome_.error_tail.erase(0, outcome_.error_tail.size() - kErrorTailBytesMax);
  }

  void take_status() {
    outcome_.status += take(process_.status);
    if (outcome_.status.size() > kStatusBytesMax) outcome_.status.resize(kStatusBytesMax);
  }

  ProcessPlan const& plan_;
  ports::Clock const& clock_;
  int cancel_fd_;
  StartedProcess process_;
  Duration deadline_;
  Duration next_look_;
  ProcessOutcome outcome_;
  std::array<char, kReadBytes> buffer_{};
  bool stopping_ = false;   // its end is known; only the pipes are awaited
  bool asked_ = false;      // it may still end by itself
  bool dead_ = false;       // waited for
  bool too_large_ = false;  // output is read and dropped
  bool abandoned_ = false;  // somebody outside the group still holds a pipe
};

}  // namespace

ProcessOutcome run_process(ProcessPlan const& plan, ports::Clock const& clock, int cancel_fd) {
  auto started = clock.monotonic();
  ProcessOutcome failed;
  auto process = start_process(plan, failed.code);
  if (!process) return failed;
  return Watch(plan, clock, cancel_fd, std::move(*process)).run(started);
}

}  // namespace tally::platform
