#include "platform/sandbox.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <thread>

#include "platform/sandbox_fixture.h"

namespace tally::platform {
namespace {

// What holds at every level.
class EveryLevelTest : public SandboxTest, public testing::WithParamInterface<SandboxLevel> {
 protected:
  void SetUp() override { TALLY_REACH(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Sandbox, EveryLevelTest,
                         testing::Values(SandboxLevel::bubblewrap, SandboxLevel::landlock,
                                         SandboxLevel::rlimit),
                         [](auto const& level) { return std::string(level_name(level.param)); });

TEST_P(EveryLevelTest, RunsACommandOfItsFolderWithItsInput) {
  auto outcome = run("cat; [ -x ./work.sh ] && echo here");
  EXPECT_EQ(outcome.end, ProcessEnd::exited) << outcome.error_tail;
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.output, "{\"n\":1}here\n");
}

TEST_P(EveryLevelTest, LeavesItsReportedCostInTheBox) {
  auto what = task(R"(echo '{"cost_usd":"0.0123"}' > "$TALLY_RECEIPT")");
  auto outcome = run(what);
  EXPECT_EQ(outcome.code, 0) << outcome.error_tail;
  EXPECT_EQ(read_text(what.box + "/receipt.json"), "{\"cost_usd\":\"0.0123\"}\n");
}

TEST_P(EveryLevelTest, StopsAtTheOutputLimit) {
  auto what = task("exec cat /dev/zero");
  auto outcome = run(what);
  EXPECT_EQ(outcome.end, ProcessEnd::output_too_large);
  EXPECT_TRUE(outcome.output.empty());
  what = task("printf 12345");
  what.limits.output_bytes_max = 5;
  outcome = run(what);
  EXPECT_EQ(outcome.output, "12345")
      << level_name(sandbox_->level()) << " end " << static_cast<int>(outcome.end) << " code "
      << outcome.code << " " << outcome.error_tail;
}

TEST_P(EveryLevelTest, KillsTheWholeTreeWhenTheTimeIsUp) {
  auto word = "4" + std::to_string(::getpid()) + ".25";
  auto what = task("(sleep " + word + " & sleep " + word + ") & echo ready; sleep " + word);
  what.timeout = milliseconds(400);
  EXPECT_EQ(run(what).end, ProcessEnd::timed_out);
  EXPECT_EQ(find_process(word), 0);
}

TEST_P(EveryLevelTest, IsStoppedFromOutside) {
  OwnedFd cancel(::eventfd(1, EFD_CLOEXEC));
  auto outcome = sandbox_->run(task("sleep 60"), cancel.get());
  EXPECT_EQ(outcome.end, ProcessEnd::cancelled);
}

TEST_P(EveryLevelTest, NoticesThatTheWorkWasKilledBySomebodyElse) {
  auto word = "5" + std::to_string(::getpid()) + ".75";
  auto what = task("exec sleep " + word);
  ProcessOutcome outcome;
  std::thread runner([&] { outcome = run(what); });
  int victim = 0;
  auto give_up = clock_.monotonic() + seconds(15);
  while (victim == 0 && clock_.monotonic() < give_up) victim = find_process(word);
  EXPECT_EQ(::kill(victim > 0 ? victim : 1 << 30, SIGKILL), 0);
  runner.join();
  // bwrap says so in its exit code; without it the signal is ours to see.
  if (GetParam() == SandboxLevel::bubblewrap) {
    EXPECT_EQ(outcome.end, ProcessEnd::exited);
    EXPECT_EQ(outcome.code, 128 + SIGKILL);
  } else {
    EXPECT_EQ(outcome.end, ProcessEnd::killed);
    EXPECT_EQ(outcome.code, SIGKILL);
  }
}

TEST_P(EveryLevelTest, EndsAnEndlessLoopAtTheProcessorLimit) {
  auto what = task("while :; do :; done");
  what.limits.cpu_s_max = 1;
  auto outcome = run(what);
  EXPECT_NE(outcome.end, ProcessEnd::timed_out);
  EXPECT_NE(outcome.code, 0);
}

TEST_P(EveryLevelTest, KeepsTheTailOfWhatWasWrittenToStderr) {
  auto outcome = run("head -c 20000 /dev/zero | tr '\\0' x >&2; echo last words >&2");
  EXPECT_EQ(outcome.error_tail.size(), kErrorTailBytesMax);
  EXPECT_TRUE(outcome.error_tail.ends_with("xx\nlast words\n") ||
              outcome.error_tail.ends_with("xxlast words\n"));
}

TEST_P(EveryLevelTest, ReportsAProgramThatIsNotThere) {
  auto what = task("");
  what.command = {"./missing"};
  auto outcome = run(what);
  EXPECT_TRUE(outcome.end == ProcessEnd::not_started || outcome.code != 0);
}

class LandlockTest : public SandboxTest {
 protected:
  void SetUp() override { TALLY_REACH(SandboxLevel::landlock); }
};

TEST_F(LandlockTest, ReadsAndWritesOnlyItsOwnFiles) {
  write_text(directory_ / "secret", "outside");
  auto outcome = run("cat " + (directory_ / "secret") + "; echo x > " + (directory_ / "new") +
                     "; echo x > ./new; echo x > $TMPDIR/new && echo scratch");
  EXPECT_EQ(outcome.output, "scratch\n");
  EXPECT_FALSE(std::filesystem::exists(directory_ / "new"));
}

TEST_F(LandlockTest, OpensNoInternetSocket) {
  auto outcome = run("exec bash -c '(exec 3<>/dev/udp/127.0.0.1/9) && echo opened'");
  EXPECT_EQ(outcome.output, "");
  EXPECT_NE(outcome.error_tail.find("not permitted"), std::string::npos) << outcome.error_tail;
}

TEST_F(LandlockTest, CannotLeaveItsProcessGroup) {
  auto word = "6" + std::to_string(::getpid()) + ".25";
  auto what = task("setsid sleep " + word + " || echo refused");
  what.timeout = seconds(5);
  auto outcome = run(what);
  EXPECT_EQ(outcome.output, "refused\n");
  EXPECT_EQ(find_process(word), 0);
}

TEST(Sandbox, SaysWhyAHigherLevelIsOutOfReach) {
  TestDirectory directory;
  SystemClock clock;
  auto sandbox = Sandbox::probe(clock, directory / "scratch");
  bool const highest = sandbox.level() == SandboxLevel::bubblewrap;
  EXPECT_EQ(sandbox.notes().empty(), highest) << sandbox.notes();
  EXPECT_EQ(Sandbox::at(SandboxLevel::bubblewrap, clock, directory / "scratch").has_value(),
            highest);
}

}  // namespace
}  // namespace tally::platform
