#include "platform/process_runner.h"

#include <future>
#include <stdexcept>

#include "platform/process_result.h"
#include "platform/sandbox_fixture.h"

namespace tally::platform {
namespace {

constexpr char const* kFixedPrice =
    R"(price = { fixed_usd = "0.0010", per_second_usd = "0.0000" })";

// A job kind, its snapshot and a runner, at the best level of this machine.
class ProcessRunnerTest : public testing::Test {
 protected:
  ports::JobSpec add(std::string const& name, std::string const& script,
                     std::string const& settings = kFixedPrice) {
    auto folder = directory_ / ("jobs/" + name);
    write_script(folder + "/work.sh", script);
    write_text(folder + "/job.toml", "name = \"" + name +
                                         "\"\nversion = \"1\"\nrunner = \"command\"\n"
                                         "command = [\"./work.sh\"]\ntimeout_s = 20\n" +
                                         settings);
    auto job = load_job(folder);
    if (!job) throw std::runtime_error(job.error().detail);
    auto snapshot = write_job_snapshot(directory_ / "work/jobs", *job);
    EXPECT_TRUE(snapshot) << snapshot.error().internal;
    options_.jobs.push_back(job->spec);
    return job->spec;
  }

  ProcessRunner& start(std::uint32_t slots = 1) {
    options_.work = directory_ / "work";
    options_.slots = slots;
    auto runner = ProcessRunner::open(options_, clock_);
    EXPECT_TRUE(runner);
    runner_ = std::move(*runner);
    return *runner_;
  }

  std::future<ports::RunResult> begin(ports::JobSpec const& job, std::uint64_t run,
                                      Duration timeout = seconds(20)) {
    auto promise = std::make_shared<std::promise<ports::RunResult>>();
    runner_->run({RunId(run), 1, job.name, job.hash, R"({"n":1})", timeout, "", cost_limit_},
                 [promise](ports::RunResult result) { promise->set_value(std::move(result)); });
    return promise->get_future();
  }

  ports::WorkReceipt receipt(ports::JobSpec const& job) {
    auto result = begin(job, 1).get();
    auto const* failure = std::get_if<ports::WorkFailure>(&result);
    EXPECT_EQ(failure, nullptr) << failure->code << ": " << failure->detail;
    return failure == nullptr ? std::get<ports::WorkReceipt>(result) : ports::WorkReceipt{};
  }
  ports::WorkFailure failure(ports::JobSpec const& job, Duration timeout = seconds(20)) {
    auto result = begin(job, 1, timeout).get();
    EXPECT_TRUE(std::holds_alternative<ports::WorkFailure>(result));
    auto const* found = std::get_if<ports::WorkFailure>(&result);
    return found != nullptr ? *found : ports::WorkFailure{};
  }

  TestDirectory directory_;
  SystemClock clock_;
  ProcessRunnerOptions options_;
  std::optional<Duration> cost_limit_;
  std::unique_ptr<ProcessRunner> runner_;
};

TEST_F(ProcessRunnerTest, GivesTheResultAsItIsAndTheLevelOfTheSandbox) {
  auto job = add("echo", R"(echo '{ "b": 1.0, "a": [ true ] }')");
  start();
  auto got = receipt(job);
  EXPECT_EQ(got.result_json, R"({ "b": 1.0, "a": [ true ] })");
  EXPECT_EQ(got.sandbox, level_name(runner_->sandbox().level()));
  EXPECT_FALSE(got.reported);
  EXPECT_GT(got.elapsed, Duration(0));
  EXPECT_TRUE(std::filesystem::is_empty(directory_ / "work/boxes"));
}

TEST_F(ProcessRunnerTest, ReadsTheCostThatTheWorkReports) {
  auto job = add("metered", R"(echo '{"cost_usd":"0.0123"}' > "$TALLY_RECEIPT"; cat)",
                 "price = { reported = true }");
  start();
  EXPECT_EQ(receipt(job).reported, Micros(12'300));
}

TEST_F(ProcessRunnerTest, ReadsTheCostOfWorkThatFailsToo) {
  auto job = add("metered", R"(echo '{"cost_usd":"0.5"}' > "$TALLY_RECEIPT"; exit 3)",
                 "price = { reported = true }");
  start();
  auto got = failure(job);
  EXPECT_EQ(got.code, "exit_nonzero");
  EXPECT_EQ(got.reported, Micros(500'000));
}

TEST_F(ProcessRunnerTest, RoundsUpACostWithMoreThanSixDecimals) {
  auto job = add("metered", R"(echo '{"cost_usd":"0.0001851"}' > "$TALLY_RECEIPT"; cat)",
                 "price = { reported = true }");
  start();
  auto const got = receipt(job);
  EXPECT_EQ(got.reported, Micros(186));
  EXPECT_TRUE(got.rounded_up);
}

TEST_F(ProcessRunnerTest, HandsOverTheResultOfWorkThatDoesNotReportItsCost) {
  auto job = add("metered", "echo '{\"good\":1}'", "price = { reported = true }");
  start();
  auto const got = receipt(job);
  EXPECT_FALSE(got.reported);
  EXPECT_EQ(got.result_json, R"({"good":1})");
}

TEST_F(ProcessRunnerTest, CallsWorkThatFailedWithACostNobodyCanReadUnclear) {
  auto job = add("metered", R"(echo '{"cost_usd":"99999999999"}' > "$TALLY_RECEIPT"; exit 3)",
                 "price = { reported = true }");
  start();
  auto const got = failure(job);
  EXPECT_EQ(got.code, "cost_not_reported");
  EXPECT_EQ(got.detail,
            "The work ended with exit code 3. The file TALLY_RECEIPT says no cost that can be "
            "read: \"{\\\"cost_usd\\\":\\\"99999999999\\\"}\"");
}

TEST_F(ProcessRunnerTest, FailsOutputThatIsNoJsonAndSaysWhere) {
  auto job = add("words", "echo '{\"a\": hello}'");
  start();
  auto got = failure(job);
  EXPECT_EQ(got.code, "output_not_json");
  EXPECT_EQ(got.detail,
            "The work's output is not one JSON document: byte 6: a value must stand here.");
}

// The fault: such a result was paid for and lost, and long decimals were rounded in silence.
TEST_F(ProcessRunnerTest, RoundsNoNumberOfAResult) {
  auto job =
      add("exact", R"(echo '{"n":1234567890123456789,"m":1e16,"d":0.12345678901234567890}')");
  start();
  EXPECT_EQ(receipt(job).result_json,
            R"({"n":1234567890123456789,"m":1e16,"d":0.12345678901234567890})");
}

TEST_F(ProcessRunnerTest, FailsOutputOverTheLimit) {
  auto job = add("flood", "cat /dev/zero", R"(max_output_bytes = 100
                                              price = { reported = true })");
  start();
  EXPECT_EQ(failure(job).code, "output_too_large");
}

TEST_F(ProcessRunnerTest, TellsOnlyTheOperatorWhatTheWorkWroteToStderr) {
  std::string noted;
  options_.note = [&](ports::RunRequest const&, std::string const& line) { noted = line; };
  auto job = add("leaky", "printf 'first\\npassword=\\001hunter2 tk_canary here\\n' >&2; exit 7");
  start();
  auto got = failure(job);
  EXPECT_EQ(got.detail, "The work ended with exit code 7.");
  EXPECT_EQ(got.stderr_tail, "first\npassword=[redacted] [redacted] here");
  runner_.reset();
  EXPECT_EQ(noted, "password=[redacted] [redacted] here");
}

TEST_F(ProcessRunnerTest, CallsASignalTheWorksOwnWhicheverItIs) {
  auto suicide = add("suicide", "kill -9 $$");
  auto fault = add("fault", "kill -SEGV $$");
  auto says_so = add("says-so", "exit 137");
  auto busy = add("busy", "while :; do :; done", std::string(kFixedPrice) + "\ncpu_s_max = 1");
  start();
  for (auto const& [job, number] :
       {std::pair(suicide, "9"), std::pair(fault, "11"), std::pair(says_so, "9")}) {
    auto got = failure(job);
    EXPECT_EQ(got.code, "signal") << job.name.value();
    EXPECT_EQ(got.detail, "The work was ended by signal " + std::string(number) + ".");
    EXPECT_TRUE(got.retry) << "as often as its job says, like any failure of its own";
  }
  EXPECT_EQ(failure(busy).code, "signal") << "its own processor limit";
}

TEST_F(ProcessRunnerTest, CallsASignalOursWhereTheServerStopsWithTheWork) {
  auto job = add("together", "kill -TERM $$");
  start();
  runner_->server_stops();
  auto got = failure(job);
  EXPECT_EQ(got.code, "killed");
  EXPECT_TRUE(got.retry);
}

TEST_F(ProcessRunnerTest, EndsWorkAtTheShorterOfTheTwoTimeouts) {
  auto job = add("slow", "sleep 60");
  start();
  EXPECT_EQ(failure(job, milliseconds(300)).code, "timeout");
}

TEST_F(ProcessRunnerTest, EndsWorkWhenItsHoldIsUsedUp) {
  auto job = add("slow", "sleep 60");
  start();
  cost_limit_ = milliseconds(300);
  auto got = failure(job);
  EXPECT_EQ(got.code, "cost_limit");
  EXPECT_FALSE(got.retry);
  cost_limit_ = Duration(0);
  EXPECT_EQ(failure(job).elapsed, Duration(0)) << "a hold that pays for no time";
  cost_limit_ = seconds(60);
  EXPECT_EQ(failure(job, milliseconds(300)).code, "timeout") << "the sooner one counts";
}

TEST_F(ProcessRunnerTest, AsksWorkToStopBeforeItIsKilled) {
  auto polite = add("polite",
                    "say() { echo '{\"cost_usd\":\"0.25\"}' > \"$TALLY_RECEIPT\"; exit 0; }\n"
                    "trap say TERM\necho ready > \"$TALLY_RECEIPT\"\nsleep 60 & wait",
                    "price = { reported = true }");
  auto deaf = add("deaf", "trap '' TERM; while :; do sleep 1; done");
  start();
  auto runs = begin(polite, 1);
  auto const receipt = directory_ / ("work/boxes/" + to_text(RunId(1)) + ".1/receipt.json");
  while (read_text(receipt).empty() &&
         runs.wait_for(std::chrono::milliseconds(1)) == std::future_status::timeout) {
  }
  runner_->cancel(RunId(1), 1);
  auto const result = runs.get();
  auto const& got = std::get<ports::WorkFailure>(result);
  EXPECT_EQ(got.code, "cancelled");
  EXPECT_EQ(got.reported, Micros(250'000)) << "what it wrote when it was asked";
  EXPECT_EQ(failure(deaf, milliseconds(500)).code, "timeout");
}

TEST_F(ProcessRunnerTest, RunsTheBytesThatWereHashedThoughTheFolderHasChanged) {
  auto job = add("stable", "echo '\"as hashed\"'");
  write_script(directory_ / "jobs/stable/work.sh", "echo '\"changed\"'");
  start();
  EXPECT_EQ(receipt(job).result_json, "\"as hashed\"");
}

// The fault: an edited comment in a job's folder made the runs that waited unexecutable for ever.
TEST_F(ProcessRunnerTest, ExecutesAVersionThatIsLoadedNoMoreFromItsCopy) {
  auto job = add("edited", "echo '\"as accepted\"'");
  options_.jobs.clear();
  std::filesystem::remove_all(directory_ / "jobs/edited");
  start();
  EXPECT_TRUE(runner_->ready(job.hash));
  EXPECT_EQ(receipt(job).result_json, "\"as accepted\"");
}

TEST_F(ProcessRunnerTest, IsNotReadyForACopyThatIsGoneOrAnother) {
  auto job = add("kept", "cat");
  options_.jobs.clear();
  start();
  auto const copy = job_snapshot_path(directory_ / "work/jobs", job.hash);
  auto const other = job_snapshot_path(directory_ / "work/jobs", sha256(as_bytes("another")));
  std::filesystem::rename(copy, other);
  auto const gone = runner_->ready(job.hash);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, "job_unknown");
  EXPECT_FALSE(runner_->ready(sha256(as_bytes("another")))) << "its bytes have another hash";
}

TEST_F(ProcessRunnerTest, RefusesAVersionThatItDoesNotHave) {
  auto job = add("known", "cat");
  start();
  job.hash = sha256(as_bytes("another"));
  EXPECT_EQ(failure(job).code, "job_unknown");
}

TEST_F(ProcessRunnerTest, CancelsWhatRunsAndWhatWaits) {
  auto job = add("slow", "sleep 60");
  start(1);
  auto runs = begin(job, 1);
  auto waits = begin(job, 2);
  runner_->cancel(RunId(2), 1);
  EXPECT_EQ(std::get<ports::WorkFailure>(waits.get()).code, "cancelled");
  runner_->cancel(RunId(1), 1);
  EXPECT_EQ(std::get<ports::WorkFailure>(runs.get()).code, "cancelled");
}

TEST_F(ProcessRunnerTest, AnswersForEverythingBeforeItEnds) {
  auto job = add("slow", "sleep 60");
  start(1);
  auto runs = begin(job, 1);
  auto waits = begin(job, 2);
  runner_.reset();
  EXPECT_EQ(std::get<ports::WorkFailure>(runs.get()).code, "cancelled");
  EXPECT_EQ(std::get<ports::WorkFailure>(waits.get()).code, "cancelled");
}

TEST_F(ProcessRunnerTest, RefusesMoreThanItCanQueue) {
  auto job = add("slow", "sleep 60");
  start(0);
  for (std::uint64_t i = 0; i < kWaitingMax; ++i) begin(job, i);
  EXPECT_EQ(std::get<ports::WorkFailure>(begin(job, kWaitingMax).get()).code, "overloaded");
}

TEST_F(ProcessRunnerTest, ClearsWhatACrashLeftInTheBoxes) {
  write_text(directory_ / "work/boxes/run_1.1/input.json", "old");
  start();
  EXPECT_TRUE(std::filesystem::is_empty(directory_ / "work/boxes"));
}

TEST_F(ProcessRunnerTest, RunsAsManyAtOnceAsItHasSlots) {
  auto job = add("quick", "cat");
  start(4);
  std::vector<std::future<ports::RunResult>> all;
  for (std::uint64_t i = 0; i < 12; ++i) all.push_back(begin(job, i));
  for (auto& each : all) EXPECT_TRUE(std::holds_alternative<ports::WorkReceipt>(each.get()));
}

TEST(Verdict, SaysWhoseEveryEndIs) {
  ports::JobSpec spec;
  spec.limits.output_bytes_max = 100;
  std::string const box;
  struct Case {
    ProcessEnd end;
    int code;
    bool at_cost_limit;
    bool server_stopping;
    std::string_view verdict;
    bool retry;
  };
  using enum ProcessEnd;
  for (auto const& one : std::vector<Case>{
           {exited, 0, false, false, "", false},
           {exited, 0, false, true, "", false},
           {exited, 1, false, false, "exit_nonzero", true},
           {exited, 3, false, true, "exit_nonzero", true},
           {exited, 128, false, false, "exit_nonzero", true},
           {exited, 137, false, false, "signal", true},
           {exited, 137, false, true, "killed", true},
           {exited, 255, false, false, "exit_nonzero", true},
           {killed, 9, false, false, "signal", true},
           {killed, 11, false, false, "signal", true},
           {killed, 24, false, false, "signal", true},
           {killed, 15, false, true, "killed", true},
           {timed_out, 0, false, false, "timeout", true},
           {timed_out, 0, true, false, "cost_limit", false},
           {cancelled, 0, false, false, "cancelled", false},
           {cancelled, 0, true, true, "cancelled", false},
           {output_too_large, 0, false, false, "output_too_large", false},
           {over_quota, 0, false, false, "disk_limit", false},
           {not_started, 2, false, false, "sandbox_failed", true},
       }) {
    ProcessOutcome outcome;
    outcome.end = one.end;
    outcome.code = one.code;
    auto const verdict = verdict_of(outcome, {.spec = spec,
                                              .box = box,
                                              .level = SandboxLevel::bubblewrap,
                                              .setup_failed = false,
                                              .at_cost_limit = one.at_cost_limit,
                                              .server_stopping = one.server_stopping});
    EXPECT_EQ(verdict.code, one.verdict) << static_cast<int>(one.end) << " " << one.code;
    EXPECT_EQ(verdict.retry, one.retry) << static_cast<int>(one.end) << " " << one.code;
  }
}

TEST(ReportedCost, IsOneAmountAndNothingElse) {
  EXPECT_EQ(parse_reported_cost(R"({"cost_usd":"1.5"})"), (SaidCost{Micros(1'500'000), false}));
  EXPECT_EQ(parse_reported_cost(R"({"cost_usd":"1.1234567"})"),
            (SaidCost{Micros(1'123'457), true}));
  for (char const* text : {"", "{}", R"({"cost_usd":1.5})", R"({"cost_usd":"-1"})",
                           R"({"cost_usd":"1","x":1})", R"(["1"])", R"({"cost_usd":"1.123456x"})"})
    EXPECT_FALSE(parse_reported_cost(text)) << text;
}

}  // namespace
}  // namespace tally::platform
