#include "platform/box_usage.h"

#include <future>

#include "platform/process_runner.h"
#include "platform/sandbox_fixture.h"

namespace tally::platform {
namespace {

// A level without a file system of its own for what the work writes.
class QuotaTest : public SandboxTest, public testing::WithParamInterface<SandboxLevel> {
 protected:
  void SetUp() override { TALLY_REACH(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Sandbox, QuotaTest,
                         testing::Values(SandboxLevel::landlock, SandboxLevel::rlimit),
                         [](auto const& level) { return std::string(level_name(level.param)); });

TEST_P(QuotaTest, EndsWorkThatFillsItsScratchDirectory) {
  auto const outcome = run(R"(mkdir $TMPDIR/a
    for i in 1 2 3; do head -c 30000000 /dev/zero > $TMPDIR/a/$i; done; sleep 60)");
  EXPECT_EQ(outcome.end, ProcessEnd::over_quota) << outcome.error_tail;
}

TEST_P(QuotaTest, CountsFilesThatWereDeletedAndAreStillOpen) {
  auto const outcome = run(R"(exec python3 - <<'END'
import signal, tempfile
files = [tempfile.TemporaryFile() for i in range(3)]
for file in files:
    file.write(bytes(30_000_000))
    file.flush()
signal.pause()
END)");
  EXPECT_EQ(outcome.end, ProcessEnd::over_quota) << outcome.error_tail;
}

TEST_P(QuotaTest, CountsFilesWithNothingInThem) {
  auto const outcome = run(R"(exec python3 - <<'END'
import signal, tempfile
for i in range(20_000):
    open(tempfile.gettempdir() + "/" + str(i), "w").close()
signal.pause()
END)");
  EXPECT_EQ(outcome.end, ProcessEnd::over_quota) << outcome.error_tail;
}

TEST_P(QuotaTest, LetsWorkUseWhatItMay) {
  auto const outcome = run("head -c 60000000 /dev/zero > $TMPDIR/x; sleep 0.3; echo well");
  EXPECT_EQ(outcome.output, "well\n") << outcome.error_tail;
}

TEST_P(QuotaTest, IsTheWorksOwnFaultAndNotTriedAgain) {
  write_script(directory_ / "jobs/full/work.sh",
               "for i in 1 2 3; do head -c 30000000 /dev/zero > $TMPDIR/$i; done; sleep 60");
  write_text(directory_ / "jobs/full/job.toml",
             "name = \"full\"\nversion = \"1\"\nrunner = \"command\"\n"
             "command = [\"./work.sh\"]\ntimeout_s = 20\nretries = 3\n"
             "price = { fixed_usd = \"0.0010\", per_second_usd = \"0\" }\n");
  auto const job = load_job(directory_ / "jobs/full");
  ASSERT_TRUE(job) << job.error().detail;
  ASSERT_TRUE(write_job_snapshot(directory_ / "work/jobs", *job));
  auto runner = ProcessRunner::open(
      {.work = directory_ / "work", .slots = 1, .jobs = {job->spec}, .note = {}}, *sandbox_);
  ASSERT_TRUE(runner) << runner.error().internal;
  std::promise<ports::RunResult> ended;
  (*runner)->run({.run = RunId(1),
                  .fence = 1,
                  .job = job->spec.name,
                  .job_hash = job->spec.hash,
                  .input_json = "{}",
                  .timeout = seconds(20),
                  .traceparent = {}},
                 [&](ports::RunResult result) { ended.set_value(std::move(result)); });
  auto const result = ended.get_future().get();
  auto const* failure = std::get_if<ports::WorkFailure>(&result);
  ASSERT_NE(failure, nullptr);
  EXPECT_EQ(failure->code, "disk_limit");
  EXPECT_FALSE(failure->retry);
  EXPECT_EQ(failure->detail,
            "The work had more than 67108864 bytes of files in its scratch directory and was "
            "stopped.");
}

}  // namespace
}  // namespace tally::platform
