#include "server/wiring/port_words.h"

#include <gtest/gtest.h>

#include "server/wiring/bootstrap.h"

namespace tally::wiring {

TEST(PortWords, KeepTheirNamesInTheDomain) {
  using ports::JobRunnerKind;
  using ports::ReceiptState;
  EXPECT_EQ(name_of(to_domain(JobRunnerKind::command)), "command");
  EXPECT_EQ(name_of(to_domain(JobRunnerKind::worker)), "worker");
  EXPECT_EQ(name_of(to_domain(JobRunnerKind::caller)), "caller");
  EXPECT_EQ(name_of(to_domain(ReceiptState::none)), "none");
  EXPECT_EQ(name_of(to_domain(ReceiptState::valid)), "valid");
  EXPECT_EQ(name_of(to_domain(ReceiptState::damaged)), "damaged");
  ports::JobSpec job;
  job.runner = JobRunnerKind::caller;
  EXPECT_EQ(to_job_kind(job).runner, domain::run::Runner::caller);
}

// A damaged receipt that was read as none would be a free retry of work that touched the world.
static_assert(to_domain(ports::ReceiptState::damaged) == domain::run::Receipt::damaged);

}  // namespace tally::wiring
