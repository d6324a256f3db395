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
    EXPECT_TRUE(snapshot) << snapshot.error().inside;
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
    runner_->run({RunId(run), 1, job.name, job.hash, R"({"n":1})", timeout, ""},
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
  std::unique_ptr<ProcessRunner> runner_;
};

TEST_F(ProcessRunnerTest, GivesTheCanonicalResultAndTheLevelOfTheSandbox) {
  auto job = add("echo", R"(echo '{ "b": 1.0, "a": [ true ] }')");
  start();
  auto got = receipt(job);
  EXPECT_EQ(got.result_json, R"({"a":[true],"b":1})");
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

TEST_F(ProcessRunnerTest, FailsWorkThatMustReportItsCostAndDoesNot) {
  auto job = add("metered", "cat", "price = { reported = true }");
  start();
  EXPECT_EQ(failure(job).code, "cost_not_reported");
}

TEST_F(ProcessRunnerTest, FailsOutputThatIsNoJson) {
  auto job = add("words", "echo hello");
  start();
  EXPECT_EQ(failure(job).code, "output_not_json");
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
  runner_.reset();
  EXPECT_EQ(noted, "password=[redacted] [redacted] here");
}

TEST_F(ProcessRunnerTest, ReportsWorkThatWasKilled) {
  auto job = add("suicide", "kill -9 $$");
  start();
  auto got = failure(job);
  EXPECT_EQ(got.code, "killed");
  EXPECT_EQ(got.detail, "The work was killed by signal 9.");
  EXPECT_TRUE(got.retry);
}

TEST_F(ProcessRunnerTest, EndsWorkAtTheShorterOfTheTwoTimeouts) {
  auto job = add("slow", "sleep 60");
  start();
  EXPECT_EQ(failure(job, milliseconds(300)).code, "timeout");
}

TEST_F(ProcessRunnerTest, RunsTheBytesThatWereHashedThoughTheFolderHasChanged) {
  auto job = add("stable", "echo '\"as hashed\"'");
  write_script(directory_ / "jobs/stable/work.sh", "echo '\"changed\"'");
  start();
  EXPECT_EQ(receipt(job).result_json, "\"as hashed\"");
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

TEST(ReportedCost, IsOneAmountAndNothingElse) {
  EXPECT_EQ(parse_reported_cost(R"({"cost_usd":"1.5"})"), Micros(1'500'000));
  for (char const* text : {"", "{}", R"({"cost_usd":1.5})", R"({"cost_usd":"-1"})",
                           R"({"cost_usd":"1","x":1})", R"(["1"])", R"({"cost_usd":"1.1234567"})"})
    EXPECT_FALSE(parse_reported_cost(text)) << text;
}

}  // namespace
}  // namespace tally::platform
