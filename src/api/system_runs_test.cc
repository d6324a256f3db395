// Runs of the server's own: shown to whoever may read its operation, and nobody's to begin or end.

#include <gtest/gtest.h>

#include "api/test_world.h"
#include "domain/system_tenant.h"

namespace tally::api {
namespace {

TenantId const kSystem{std::string(domain::kSystemTenant)};
JobName const kSweep("system.sweep");
ScheduleName const kNightly("nightly");

// A run of a schedule that waits for its worker. Nobody but the test has a calendar, so the slot
// comes from its hand.
struct SystemRuns : ::testing::Test {
  SystemRuns() {
    domain::directory::CreateTenant create;
    create.person = PersonId("operator");
    create.plan = PlanName("plan-default");
    create.tenant = kSystem;
    world.post(domain::directory::Commands(create));
    world.job(kSweep.value());
    domain::schedule::Set set;
    set.job = kSweep;
    set.name = kNightly;
    set.next = world.loop->now() + seconds(1);
    set.rule.every = hours(1);
    world.post(domain::schedule::Commands(set));
    world.clock.advance(seconds(2));
    domain::schedule::Fire fire;
    fire.name = kNightly;
    fire.next = set.next + hours(1);
    fire.slot = set.next;
    world.post(domain::schedule::Commands(fire));
    auto const first = world.index.runs_of(kSystem, std::nullopt, 1);
    auto const entry = world.reader.entry(first->at(0));
    run = to_text(*entry->recorded.header.run);
  }
  World world;
  std::string run;
};

TEST_F(SystemRuns, AreShownByTheirIdToWhoeverMayReadTheServersOperation) {
  auto const shown = world.send("GET", "/v1/runs/" + run, world.admin);
  EXPECT_EQ(shown->answer.status, 200) << shown->answer.body;
  EXPECT_EQ(text_at(shown->body(), {"job"}), kSweep.value());
  EXPECT_EQ(text_at(shown->body(), {"cost", "held_usd"}), "0.0000");
  auto const stranger = world.key("default", "runs:read");
  EXPECT_EQ(world.send("GET", "/v1/runs/" + run, stranger)->code(), "not_found");
}

TEST_F(SystemRuns, AreListedWhereTheirTenantIsNamed) {
  auto const listed = world.send("GET", "/v1/runs?tenant=system", world.admin);
  ASSERT_EQ(listed->answer.status, 200) << listed->answer.body;
  auto const& runs = *listed->body().find("runs")->array();
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(text_at(runs.at(0), {"run_id"}), run);
  auto const own = run_id(world.submit(world.admin, "k"));
  for (char const* path : {"/v1/runs", "/v1/runs?tenant=default"}) {
    auto const mine = world.send("GET", path, world.admin);
    auto const& of_mine = *mine->body().find("runs")->array();
    ASSERT_EQ(of_mine.size(), 1u) << path;
    EXPECT_EQ(text_at(of_mine.at(0), {"run_id"}), own) << path;
  }
}

TEST_F(SystemRuns, CannotBeCancelled) {
  auto const cancel = [&](std::string const& token) {
    return world.send("POST", "/v1/runs/" + run + "/cancel", token);
  };
  auto const refused = cancel(world.admin);
  EXPECT_EQ(refused->answer.status, 403);
  EXPECT_EQ(refused->code(), "forbidden");
  EXPECT_EQ(cancel(world.key("default", "runs:write"))->code(), "not_found");
  auto const after = world.send("GET", "/v1/runs/" + run, world.admin);
  EXPECT_EQ(text_at(after->body(), {"status"}), "queued");
}

TEST_F(SystemRuns, AreSubmittedByNobody) {
  auto const sent = world.submit(
      world.admin, "k", R"({"job":"system.sweep","input":{},"max_cost_usd":"1","timeout_s":30})");
  EXPECT_EQ(sent->answer.status, 422);
  EXPECT_EQ(sent->code(), "unknown_job");
}

TEST_F(SystemRuns, AreOfATenantThatGetsNoKeyAndNoMoney) {
  auto const key = world.send("POST", "/v1/admin/keys", world.admin,
                              R"({"tenant":"system","scopes":["runs:read"]})");
  EXPECT_EQ(key->answer.status, 403);
  EXPECT_EQ(key->code(), "forbidden");
  auto const grant =
      world.send("POST", "/v1/admin/tenants/system/grants", world.admin, R"({"amount_usd":"1"})");
  EXPECT_EQ(grant->answer.status, 403);
  EXPECT_EQ(grant->code(), "forbidden");
}

TEST(RunList, IsOfNoOtherTenant) {
  World world;
  world.tenant("other", "10");
  world.submit(world.key("other", "runs:write"), "k");
  auto const reader = world.key("default", "runs:read");
  for (auto const& [key, tenant] : {std::pair{world.admin, "other"},
                                    {world.admin, "nobody"},
                                    {reader, "other"},
                                    {reader, "system"}}) {
    auto const refused = world.send("GET", std::string("/v1/runs?tenant=") + tenant, key);
    EXPECT_EQ(refused->answer.status, 403) << tenant;
    EXPECT_EQ(refused->code(), "forbidden") << tenant;
    EXPECT_NE(refused->answer.body.find("no scope shows another tenant's"), std::string::npos);
  }
  EXPECT_EQ(world.send("GET", "/v1/runs?tenant=default", reader)->answer.status, 200);
}

}  // namespace
}  // namespace tally::api
