#include "platform/sandbox_bubblewrap.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/process_result.h"
#include "platform/sandbox_fixture.h"

namespace tally::platform {
namespace {

class BubblewrapTest : public SandboxTest {
 protected:
  void SetUp() override { TALLY_REACH(SandboxLevel::bubblewrap); }
};

// A listening socket on a free port of 127.0.0.1.
OwnedFd listen_on_loopback(std::uint16_t& port) {
  OwnedFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(::bind(listener.get(), generic, size), 0);
  EXPECT_EQ(::listen(listener.get(), 1), 0);
  EXPECT_EQ(::getsockname(listener.get(), generic, &size), 0);
  port = ::ntohs(address.sin_port);
  return listener;
}

TEST_F(BubblewrapTest, ReachesNoNetworkNotEvenTheMachinesOwnLoopback) {
  std::uint16_t port = 0;
  auto listener = listen_on_loopback(port);
  auto connect = "(exec 3<>/dev/tcp/127.0.0.1/" + std::to_string(port) + ") 2>/dev/null";
  ASSERT_EQ(::system(("/bin/bash -c '" + connect + "'").c_str()), 0) << "the control must connect";
  auto inside = task("exec bash -c '" + connect + " && echo connected || echo refused'");
  EXPECT_EQ(run(inside).output, "refused\n");
}

TEST_F(BubblewrapTest, MayWriteOnlyWhereItsOwnScratchIs) {
  auto outcome = run(R"(
    for path in / /usr /etc /job /dev /input.json /proc/sys/kernel; do
      [ -d $path ] && path=$path/x
      (echo x > $path) 2>/dev/null && echo "wrote $path"
    done
    for path in /tmp /work /dev/shm; do echo x > $path/x && echo "scratch $path"; done)");
  EXPECT_EQ(outcome.output, "scratch /tmp\nscratch /work\nscratch /dev/shm\n");
}

TEST_F(BubblewrapTest, HasATmpOfItsOwn) {
  write_text(directory_ / "secret", "outside");
  auto outcome = run("ls -A /tmp; echo x > /tmp/left; cat " + (directory_ / "secret"));
  EXPECT_EQ(outcome.output, "");
  EXPECT_NE(outcome.code, 0);
  EXPECT_FALSE(std::filesystem::exists("/tmp/left"));
}

TEST_F(BubblewrapTest, SeesNothingOfTheServersEnvironment) {
  ::setenv("TALLY_TEST_CANARY", "secret", 1);
  auto what = task("");
  what.command = {"/usr/bin/env"};
  what.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  auto lines = run(what).output;
  ::unsetenv("TALLY_TEST_CANARY");
  std::set<std::string> names;
  for (std::size_t at = 0; at < lines.size(); at = lines.find('\n', at) + 1)
    names.insert(lines.substr(at, lines.find('=', at) - at));
  // bwrap itself adds PWD.
  EXPECT_EQ(names,
            (std::set<std::string>{"PATH", "PWD", "TALLY_INPUT", "TALLY_RECEIPT", "TRACEPARENT"}));
}

TEST_F(BubblewrapTest, SeesNoDescriptorsOfTheServer) {
  int leaked = ::open("/etc/passwd", O_RDONLY);
  auto outcome = run("for fd in /proc/$$/fd/*; do readlink $fd; done");
  ::close(leaked);
  EXPECT_EQ(outcome.output.find("passwd"), std::string::npos) << outcome.output;
}

TEST_F(BubblewrapTest, SeesNoOtherProcessAndHasNoCapabilities) {
  auto outcome = run(R"(
    ls /proc | grep -c '^[0-9]'
    grep -E '^Cap(Prm|Eff|Bnd)' /proc/self/status | cut -f2 | sort -u
    [ $(id -u) = 0 ] && echo root)");
  // bwrap's init, the script and the pipe's two commands at most.
  EXPECT_LE(std::stoi(outcome.output), 4);
  EXPECT_EQ(outcome.output.substr(outcome.output.find('\n')), "\n0000000000000000\n");
}

TEST_F(BubblewrapTest, GetsItsInputTwice) {
  EXPECT_EQ(run("cat; cat $TALLY_INPUT").output, R"({"n":1}{"n":1})");
}

TEST_F(BubblewrapTest, MayStartAsManyProcessesAsItsLimitSaysAndNoMore) {
  auto what = task("i=0; while [ $i -lt 40 ]; do sleep 30 & i=$((i+1)); done; echo started");
  what.limits.processes_max = 60;
  EXPECT_EQ(run(what).output, "started\n");
  what = task("i=0; while [ $i -lt 40 ]; do sleep 30 & i=$((i+1)); done; echo started");
  what.limits.processes_max = 20;
  auto outcome = run(what);
  EXPECT_EQ(outcome.output, "");
  EXPECT_NE(outcome.error_tail.find("fork"), std::string::npos) << outcome.error_tail;
}

TEST_F(BubblewrapTest, EndsAForkBombAndLeavesNothingOfIt) {
  auto word = "bomb" + std::to_string(::getpid());
  auto what = task("bomb() { bomb | bomb & }; bomb; sleep 60");
  what.command.push_back(word);
  what.limits.processes_max = 16;
  what.timeout = milliseconds(400);
  auto outcome = run(what);
  // The shell gives up when it cannot fork, or is stopped when its time is up.
  EXPECT_TRUE(outcome.end == ProcessEnd::timed_out ||
              outcome.error_tail.find("fork") != std::string::npos)
      << outcome.error_tail;
  EXPECT_EQ(find_process(word), 0);
  EXPECT_EQ(run("echo well").output, "well\n");
}

TEST_F(BubblewrapTest, MayUseAsMuchMemoryAsItsLimitSaysAndNoMore) {
  // tail keeps what it will write, so it needs as much memory.
  auto hog = "head -c 100000000 /dev/zero | tail -c 99999999 | wc -c";
  EXPECT_EQ(run(hog).output, "99999999\n");
  auto what = task(hog);
  what.limits.memory_bytes_max = 64u << 20;
  auto outcome = run(what);
  EXPECT_NE(outcome.output, "99999999\n");
  EXPECT_NE(outcome.error_tail.find("memory"), std::string::npos) << outcome.error_tail;
}

TEST_F(BubblewrapTest, FillsNoMoreThanItsScratch) {
  auto outcome = run("for i in 1 2; do head -c 60000000 /dev/zero > /work/$i || echo full; done");
  EXPECT_EQ(outcome.output, "full\n");
}

TEST_F(BubblewrapTest, IsKilledWithItsGrandchildrenWhenItsTimeIsUp) {
  auto word = "3" + std::to_string(::getpid()) + ".25";
  auto what = task("setsid sleep " + word + " & echo ready; sleep " + word);
  what.timeout = milliseconds(400);
  auto outcome = run(what);
  EXPECT_EQ(outcome.end, ProcessEnd::timed_out);
  EXPECT_EQ(outcome.output, "ready\n");
  EXPECT_EQ(find_process(word), 0);
}

TEST_F(BubblewrapTest, LeavesNoBackgroundProcessBehind) {
  auto word = "3" + std::to_string(::getpid()) + ".5";
  EXPECT_EQ(run("setsid sleep " + word + " & echo done").output, "done\n");
  EXPECT_EQ(find_process(word), 0);
}

TEST_F(BubblewrapTest, TellsItsOwnFailureFromTheWorks) {
  auto works_fault = run("exit 1");
  EXPECT_EQ(works_fault.code, 1);
  EXPECT_FALSE(sandbox_->setup_failed(works_fault));
  auto what = task("echo never");
  what.folder = directory_ / "missing";
  EXPECT_TRUE(sandbox_->setup_failed(run(what)));
}

TEST_F(BubblewrapTest, CannotMakeUserNamespacesOfItsOwn) {
  EXPECT_EQ(run("unshare -U true 2>/dev/null && echo made || echo refused").output, "refused\n");
}

}  // namespace
}  // namespace tally::platform
