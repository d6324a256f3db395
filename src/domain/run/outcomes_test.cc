#include "domain/run/outcomes.h"

#include "domain/run_fixture.h"

namespace tally::domain::testing {
namespace {

TEST(Fault, IsOursOnlyForWhatThisServerDid) {
  using run::Fault;
  struct Case {
    std::string_view code;
    Fault here;
  };
  for (auto const& [code, here] : std::vector<Case>{{"exit_nonzero", Fault::theirs},
                                                    {"signal", Fault::theirs},
                                                    {"timeout", Fault::theirs},
                                                    {"cost_limit", Fault::theirs},
                                                    {"output_not_json", Fault::theirs},
                                                    {"output_too_large", Fault::theirs},
                                                    {"killed", Fault::ours},
                                                    {"job_unknown", Fault::ours},
                                                    {"overloaded", Fault::ours},
                                                    {"receipt_not_durable", Fault::ours},
                                                    {"sandbox_failed", Fault::ours},
                                                    {"worker_lost", Fault::ours}}) {
    EXPECT_EQ(run::fault_of(run::Runner::command, code), here) << code;
    EXPECT_EQ(run::fault_of(run::Runner::worker, code), Fault::theirs) << code;
  }
}

TEST(StderrTail, StaysWithTheRunOverItsAttempts) {
  World world;
  Leased const first = running(world, "k", kReported);
  auto failure = fail(first.handle, true);
  failure.stderr_tail = enclosure("first");
  world.ask(failure);
  EXPECT_EQ(world.row(first.run).stderr_tail, enclosure("first"));
  std::int64_t const seq = world.row(first.run).stderr_seq;
  auto const second = lease(world);
  ASSERT_TRUE(second);
  world.ask(run::Start{second->handle});
  failure = fail(second->handle, false);
  failure.stderr_tail = enclosure("second");
  world.ask(failure);
  EXPECT_EQ(world.row(first.run).stderr_tail, enclosure("second"));
  EXPECT_GT(world.row(first.run).stderr_seq, seq);
}

TEST(RetiredJob, TakesNoNewRunsAndKeepsThoseItHas) {
  World world;
  RunId const before = submit(world, "before");
  EXPECT_EQ(text_of(world.ask(directory::RetireJob{kFixed})), "job.retired");
  EXPECT_EQ(text_of(world.ask(directory::RetireJob{kFixed})), "done");
  EXPECT_EQ(text_of(world.ask(directory::RetireJob{JobName("nosuch")})), "done");
  EXPECT_EQ(text_of(world.ask(submission("after"))), "unknown_job");
  EXPECT_EQ(lease(world).value_or(Leased{}).run, before);
  world.ask(directory::RegisterJob{job_kind(kFixed, run::Runner::command, false)});
  submit(world, "again");
}

}  // namespace
}  // namespace tally::domain::testing
