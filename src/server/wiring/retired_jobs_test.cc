#include "server/wiring/retired_jobs.h"

#include <gtest/gtest.h>

namespace tally::wiring {
namespace {

JobName const kKept("kept");
JobName const kGone("gone");

void put_job(domain::State& state, JobName const& name) {
  domain::run::JobKind job;
  job.name = name;
  state.jobs.put(name, job);
}

void put_run(domain::State& state, RunId run, JobName const& job, domain::run::Phase phase,
             domain::run::Runner runner = domain::run::Runner::command) {
  domain::run::Row row;
  row.job = job;
  row.phase = phase;
  row.runner = runner;
  state.runs.put(run, row);
}

std::vector<ports::JobSpec> loaded() {
  ports::JobSpec spec;
  spec.name = kKept;
  return {spec};
}

TEST(RetiredJobs, AreThoseThatTheStartDidNotLoadWithTheirRunsThatWait) {
  domain::State state;
  put_job(state, kKept);
  put_job(state, kGone);
  using enum domain::run::Phase;
  put_run(state, RunId(1), kGone, queued);
  put_run(state, RunId(2), kGone, running);
  put_run(state, RunId(3), kKept, queued);
  put_run(state, RunId(4), kGone, queued);
  auto const retired = retired_jobs(state, loaded());
  EXPECT_EQ(retired, (RetiredJobs{{kGone, {RunId(1), RunId(4)}}}));
  auto const report = report_of(kGone, retired.at(kGone));
  EXPECT_EQ(report.message, "job gone is not among those of this start; 2 of its runs wait: " +
                                to_text(RunId(1)) + " " + to_text(RunId(4)));
  EXPECT_EQ(report.severity, Severity::warning);
  state.jobs.edit(kGone).retired = true;
  EXPECT_TRUE(retired_jobs(state, loaded()).empty()) << "once is enough";
}

TEST(RetiredJobs, AreToldToWhoAsksForOneAlsoAtLaterStarts) {
  domain::State state;
  put_job(state, kKept);
  put_job(state, kGone);
  state.jobs.edit(kGone).retired = true;
  auto const told = not_loaded(state, loaded());
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told.begin()->first, kGone);
}

TEST(JobCopies, AreInUseWhileTheyAreLoadedOrARunOfThemLives) {
  auto const hash = [](std::string_view text) { return sha256(as_bytes(text)); };
  domain::State state;
  using enum domain::run::Phase;
  auto const run = [&](std::uint64_t n, domain::run::Phase phase, std::string_view copy) {
    put_run(state, RunId(n), kGone, phase);
    state.runs.edit(RunId(n)).job_hash = ContentRef(hash(copy));
  };
  run(1, queued, "waits");
  run(2, audit_required, "in an audit");
  run(3, succeeded, "ended");
  auto specs = loaded();
  specs.front().hash = hash("loaded");
  EXPECT_EQ(copies_in_use(state, specs),
            (std::set<Digest>{hash("waits"), hash("in an audit"), hash("loaded")}));
}

TEST(RetiredJobs, AreExecutedWhileRunsOfThemLive) {
  domain::State state;
  using enum domain::run::Phase;
  put_run(state, RunId(1), kGone, queued);
  put_run(state, RunId(2), JobName("ended"), succeeded);
  put_run(state, RunId(3), JobName("far"), queued, domain::run::Runner::worker);
  EXPECT_EQ(commands_of_live_runs(state), std::set<JobName>{kGone});
}

}  // namespace
}  // namespace tally::wiring
