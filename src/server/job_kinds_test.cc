#include "server/job_kinds.h"

#include <gtest/gtest.h>

#include "domain/error/engine.h"

namespace tally::server {
namespace {

platform::RefusedJob refused(std::string why) {
  return {.folder = "/jobs/a", .why = std::move(why), .name = JobName("a")};
}

TEST(JobKinds, RefusedAreOneErrorThatNamesTheFileOnceAndEachFault) {
  auto const report = report_of(refused("/jobs/a/job.toml:1: one\n/jobs/a/job.toml:2: two"));
  EXPECT_EQ(report.context.at("job"), "a");
  ASSERT_EQ(report.chain.size(), 1u);
  EXPECT_EQ(report.chain.at(0).second, "/jobs/a/job.toml:1: one; line 2: two");
}

TEST(JobKinds, RefusedForMoreThanAnErrorHoldsSayHowManyMore) {
  std::string why;
  for (int i = 1; i <= 9; ++i)
    why += "/jobs/a/job.toml:" + std::to_string(i) + ": " + std::string(150, 'x') + "\n";
  auto const report = report_of(refused(why));
  ASSERT_EQ(report.chain.size(), domain::error::kCausesMax);
  EXPECT_EQ(report.chain.back().second, "and 5 more");
}

TEST(JobKinds, RefusedAreToldToCallersByName) {
  auto const told = told_of({refused("x"), {.folder = "/jobs/B", .why = "y", .name = {}}});
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told.at(JobName("a")).find("tally errors --component start"), std::string::npos);
}

}  // namespace
}  // namespace tally::server
