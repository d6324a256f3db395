// What bounds an execution, and what a caller sees of one that does not begin or does not end well.

#include <gtest/gtest.h>

#include "api/test_world.h"
#include "domain/run/limits.h"
#include "metrics/exposition.h"

namespace tally::api {
namespace {

std::string with_fence(Leased const& lease, std::string const& more = "") {
  return "{\"fence\":" + lease.fence + more + "}";
}

json::Value run_of(World& world, std::string const& id) {
  return world.send("GET", "/v1/runs/" + id, world.admin)->body();
}

void timed_job(World& world) {
  domain::run::JobKind job;
  job.name = JobName("timed");
  job.hash = ContentRef(sha256(as_bytes("timed")));
  job.runner = domain::run::Runner::worker;
  job.timeout = seconds(30);
  job.queue_deadline = hours(1);
  job.price.fixed = Micros(1'000);
  job.price.per_second = Micros(10'000);
  world.post(domain::directory::Commands(domain::directory::RegisterJob{job}));
}

TEST(Lease, SaysWhenTheHoldIsUsedUp) {
  World world;
  timed_job(world);
  world.submit(world.admin, "k", R"({"job":"timed","input":{},"max_cost_usd":"0.0510"})");
  auto const sent = world.send("POST", "/v1/work/lease", world.admin, R"({"jobs":["timed"]})");
  auto const& item = sent->body().find("work")->array()->at(0);
  EXPECT_EQ(text_at(item, {"remaining_ms"}), "5000");
  auto const expires = from_rfc3339(text_at(item, {"expires_at"}));
  auto const ends = from_rfc3339(text_at(item, {"run_ends_at"}));
  auto const used_up = from_rfc3339(text_at(item, {"cost_limit_at"}));
  ASSERT_TRUE(expires && ends && used_up);
  EXPECT_EQ(*ends - *used_up, seconds(25));
  EXPECT_EQ(*expires - *used_up, domain::run::kLimitGrace);
}

TEST(Heartbeat, SaysWhyAndThatTheWorkMustStop) {
  World world;
  timed_job(world);
  auto const id = run_id(
      world.submit(world.admin, "k", R"({"job":"timed","input":{},"max_cost_usd":"0.0510"})"));
  auto const sent = world.send("POST", "/v1/work/lease", world.admin, R"({"jobs":["timed"]})");
  auto const& item = sent->body().find("work")->array()->at(0);
  Leased const lease{text_at(item, {"lease_id"}), text_at(item, {"fence"})};
  world.send("POST", lease.path("start"), world.admin, with_fence(lease));
  world.clock.advance(seconds(5));
  EXPECT_EQ(
      world.send("POST", lease.path("heartbeat"), world.admin, with_fence(lease))->answer.body,
      R"({"action":"stop","reason":"cost_limit","remaining_ms":0})");
  world.send("POST", lease.path("fail"), world.admin,
             with_fence(lease, R"(,"code":"cost_limit","elapsed_ms":5000)"));
  auto const run = run_of(world, id);
  EXPECT_EQ(text_at(run, {"error", "code"}), "cost_limit");
  EXPECT_EQ(text_at(run, {"cost", "charged_usd"}), "0.0510");
  EXPECT_EQ(text_at(run, {"cost", "overrun_usd"}), "0.0000");
}

TEST(StderrTail, StandsWithTheRunAndItsErrorRedacted) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  auto const lease = lease_one(world);
  world.send("POST", lease.path("start"), world.admin, with_fence(lease));
  auto const failed =
      world.send("POST", lease.path("fail"), world.admin,
                 with_fence(lease, R"(,"code":"exit_nonzero","detail":"status 3","stderr_tail":)"
                                   R"("Traceback\npassword=hunter2\nKeyError: 'x'")"));
  EXPECT_EQ(failed->answer.status, 200) << failed->answer.body;
  std::string const tail = "Traceback\npassword=[redacted]\nKeyError: 'x'";
  EXPECT_EQ(text_at(run_of(world, id), {"error", "stderr_tail"}), tail);
  auto const errors = world.send("GET", "/v1/errors?run_id=" + id, world.admin)->body();
  auto const& error = errors.find("errors")->array()->at(0);
  EXPECT_EQ(text_at(error, {"context", "stderr_tail"}), tail);
  EXPECT_EQ(text_at(error, {"error_class"}), "infra.dependency") << "no error of this server";
  EXPECT_EQ(world.log.all_leaves().find("KeyError"), std::string::npos)
      << "it stands beside the leaf, under the tenant's key";
  world.vault.erased = true;
  EXPECT_EQ(text_at(run_of(world, id), {"error", "stderr_tail"}), "null");
}

TEST(Waiting, SaysThatNoWorkerHasAsked) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  auto const run = run_of(world, id);
  EXPECT_EQ(text_at(run, {"waiting", "for"}), "worker");
  EXPECT_EQ(text_at(run, {"waiting", "since"}), text_at(run, {"created_at"}));
  EXPECT_EQ(text_at(run, {"waiting", "detail"}), "no worker has asked for j in tenant default");
  world.send("POST", "/v1/work/lease", world.admin, R"({"jobs":["other"]})");
  EXPECT_EQ(text_at(run_of(world, id), {"waiting", "detail"}),
            "no worker has asked for j in tenant default");
}

TEST(Waiting, SaysHowLongAgoSomebodyAsked) {
  World world;
  world.send("POST", "/v1/work/lease", world.admin, R"({"jobs":["j"]})");
  auto const id = run_id(world.submit(world.admin, "k"));
  EXPECT_EQ(text_at(run_of(world, id), {"waiting", "detail"}),
            "workers ask for j in tenant default; its turn comes");
  world.clock.advance(seconds(75));
  EXPECT_EQ(text_at(run_of(world, id), {"waiting", "detail"}),
            "no worker has asked for j in tenant default for 75 s");
  lease_one(world);
  EXPECT_EQ(text_at(run_of(world, id), {"waiting", "detail"}),
            "a worker has taken it and has not started it yet");
}

TEST(Waiting, SaysThatAModeHoldsItBack) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  domain::mode::Set set;
  set.mode = domain::mode::Mode::stop;
  set.person = PersonId("operator");
  set.reason = "a look at the books";
  set.scope = {.id = "default", .kind = domain::mode::ScopeKind::tenant};
  world.post(domain::mode::Commands(set));
  EXPECT_EQ(text_at(run_of(world, id), {"waiting", "for"}), "mode");
  EXPECT_EQ(text_at(run_of(world, id), {"waiting", "detail"}),
            "tenant default is in stop mode: a look at the books");
}

TEST(Waiting, IsCountedWhereNobodyAsks) {
  World world;
  world.submit(world.admin, "k");
  std::vector<ledger::QueuedRuns> const queued{
      {.job = JobName("j"), .tenant = TenantId("default"), .runs = 1}};
  auto const shown = [&] { return exposition(world.api->metrics(), metrics::Format::text); };
  world.api->note_queue(queued);
  EXPECT_NE(shown().find(R"(tally_runs_without_worker{job="j",tenant="default"} 1)"),
            std::string::npos);
  world.send("POST", "/v1/work/lease", world.admin, R"({"jobs":["other"]})");
  world.api->asked_for_work({JobName("j")});
  world.api->note_queue(queued);
  EXPECT_NE(shown().find(R"(tally_runs_without_worker{job="j",tenant="default"} 0)"),
            std::string::npos);
}

// The fault: such an input went round for ever, leased and given back thousands of times a second.
TEST(Input, ThatCouldNotBeReadBackIsRefusedAtTheDoor) {
  World world;
  for (auto const* number : {"1e16", "12345678901234567890.5", "9007199254740993"}) {
    auto const sent = world.submit(
        world.admin, "k",
        R"({"job":"j","input":{"n":)" + std::string(number) + R"(},"max_cost_usd":"0.05"})");
    EXPECT_EQ(sent->answer.status, 400) << sent->answer.body;
    EXPECT_NE(sent->answer.body.find("an integer beyond 2^53-1 must be sent as a string"),
              std::string::npos)
        << sent->answer.body;
  }
}

TEST(Input, ThatCannotBeOpenedGivesItsLeaseBackAtOnceAndEndsTheRun) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  world.vault.erased = true;
  for (std::int64_t n = 1; n <= domain::run::kReturnsMax; ++n) {
    auto const sent = world.send("POST", "/v1/work/lease", world.admin, R"({"jobs":["j"]})");
    EXPECT_EQ(sent->answer.body, R"({"work":[]})");
    world.clock.advance(domain::run::kReturnRestMost);
    world.pump();
    if (n == 1) {
      auto const run = run_of(world, id);
      EXPECT_EQ(text_at(run, {"status"}), "queued");
      EXPECT_EQ(text_at(run, {"returned", "times"}), "1");
      EXPECT_TRUE(text_at(run, {"returned", "last_reason"}).starts_with("input_unreadable: "));
    }
  }
  auto const run = run_of(world, id);
  EXPECT_EQ(text_at(run, {"error", "code"}), "lease_unusable");
  EXPECT_EQ(text_at(run, {"cost", "released_usd"}), "0.0500");
}

TEST(Result, IsKeptAsTheBytesThatTheWorkerSent) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  std::string const bytes = R"({ "d" : 0.12345678901234567890, "e":1.0 })";
  execute(world, bytes, "0.0010");
  EXPECT_EQ(world.send("GET", "/v1/runs/" + id + "/result", world.admin)->answer.body, bytes);
}

TEST(RefusedJob, IsNamedToWhoAsksForItWithTheCommandThatSaysWhy) {
  Options options;
  options.absent_jobs = {{JobName("broken"), "it was refused when the server started; see x"}};
  World world(std::move(options));
  std::string const body = R"({"job":"broken","input":1,"max_cost_usd":"1"})";
  std::string const said =
      "job kind broken takes no runs: it was refused when the server started; see x";
  auto const sent = world.submit(world.admin, "k", body);
  EXPECT_EQ(sent->code(), "unknown_job");
  EXPECT_EQ(text_at(sent->body(), {"detail"}), said);
  EXPECT_EQ(text_at(sent->body().find("errors")->array()->at(0), {"pointer"}), "/job");
  auto const tried = world.send("POST", "/v1/runs?dry_run=true", world.admin, body);
  EXPECT_EQ(text_at(tried->body(), {"refusal", "detail"}), said);
  auto const unknown =
      world.submit(world.admin, "l", R"({"job":"canary","input":1,"max_cost_usd":"1"})");
  EXPECT_EQ(unknown->answer.body.find("canary"), std::string::npos) << unknown->answer.body;
}

TEST(RetiredJob, IsNotListedAndTakesNoRuns) {
  World world;
  auto const before = run_id(world.submit(world.admin, "before"));
  world.post(domain::directory::Commands(domain::directory::RetireJob{JobName("j")}));
  EXPECT_EQ(world.submit(world.admin, "after")->code(), "unknown_job");
  EXPECT_EQ(world.send("GET", "/v1/jobs", world.admin)->answer.body.find("\"j\""),
            std::string::npos);
  EXPECT_EQ(text_at(run_of(world, before), {"status"}), "queued");
  execute(world, "1", "0.0010");
  EXPECT_EQ(text_at(run_of(world, before), {"status"}), "succeeded");
}

}  // namespace
}  // namespace tally::api
