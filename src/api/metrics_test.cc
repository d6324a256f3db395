// Every number that is shown can move, and is shown to nobody by accident.

#include <gtest/gtest.h>

#include "api/test_world.h"

namespace tally::api {
namespace {

std::string metrics_of(World& world) {
  return world.send("GET", "/metrics", world.admin)->answer.body;
}

bool has_line(std::string const& text, std::string const& line) {
  return text.find("\n" + line + "\n") != std::string::npos;
}

TEST(Numbers, CountARefusalForMoneyOnceAndItsRepetitionsApart) {
  World world;
  std::string const body = R"({"job":"j","input":1,"max_cost_usd":"1000"})";
  EXPECT_FALSE(metrics_of(world).find("code=\"budget_exceeded\"") != std::string::npos);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(world.submit(world.admin, "k", body)->answer.status, 402);
  EXPECT_EQ(world.submit(world.admin, "l", body)->answer.status, 402);
  std::string const text = metrics_of(world);
  EXPECT_TRUE(has_line(text, "tally_refusals_total{code=\"budget_exceeded\"} 2")) << text;
  EXPECT_TRUE(has_line(text, "tally_refusals_total{code=\"idempotent_replay\"} 2")) << text;
}

TEST(Numbers, FollowRunsFromStatusToStatus) {
  World world;
  world.submit(world.admin, "k");
  EXPECT_TRUE(has_line(metrics_of(world), "tally_runs{status=\"queued\"} 1"));
  EXPECT_TRUE(has_line(metrics_of(world), "tally_runs{status=\"succeeded\"} 0"));
  execute(world, "1", "0.01");
  EXPECT_TRUE(has_line(metrics_of(world), "tally_runs{status=\"queued\"} 0"));
  EXPECT_TRUE(has_line(metrics_of(world), "tally_runs{status=\"succeeded\"} 1"));
}

TEST(Numbers, SayHowManyWorkersWaitAndHowMuchDiskIsLeft) {
  Options options;
  std::optional<std::int64_t> left = 4096;
  options.disk_free = [&] { return left; };
  World world(std::move(options));
  EXPECT_TRUE(has_line(metrics_of(world), "tally_pollers 0"));
  EXPECT_TRUE(has_line(metrics_of(world), "tally_disk_free_bytes 4096"));
  auto const poll =
      world.send("POST", "/v1/work/lease", world.admin, R"({"jobs":["j"],"wait_s":30})");
  EXPECT_EQ(poll->answers, 0);
  left = 1024;
  EXPECT_TRUE(has_line(metrics_of(world), "tally_pollers 1"));
  EXPECT_TRUE(has_line(metrics_of(world), "tally_disk_free_bytes 1024"));
}

TEST(Numbers, SayHowFarAProjectionIsBehind) {
  World world;
  auto const applied = [&](std::int64_t seq) {
    return "tally_projection_applied_seq{projection=\"errors\"} " + std::to_string(seq);
  };
  std::int64_t const folded = world.index.size();
  std::string const current = metrics_of(world);
  EXPECT_TRUE(has_line(current, applied(folded - 1))) << current;
  EXPECT_TRUE(has_line(current, "tally_projection_lag_events{projection=\"errors\"} 0"));
  world.projects = false;
  world.submit(world.admin, "k");
  std::string const late = metrics_of(world);
  auto const behind = std::to_string(world.index.size() - folded);
  EXPECT_TRUE(has_line(late, applied(folded - 1))) << late;
  EXPECT_TRUE(has_line(late, "tally_projection_lag_events{projection=\"errors\"} " + behind))
      << late;
}

TEST(Numbers, SayHowLongARouteTookAndNeverWhichRun) {
  World world;
  world.send("GET", "/v1/runs/run_0123456789abcdef", world.admin);
  auto const wait =
      world.begin("POST", "/v1/work/lease", world.admin, R"({"jobs":["j"],"wait_s":2})");
  world.clock.advance(seconds(2));
  world.api->tick();
  world.pump();
  EXPECT_EQ(wait->answers, 1);
  std::string const text = metrics_of(world);
  std::string const took = "http_request_duration_seconds";
  std::string const lease = "{method=\"POST\",route=\"/v1/work/lease\"";
  EXPECT_TRUE(has_line(text, took + "_bucket" + lease + ",le=\"1\"} 0")) << text;
  EXPECT_TRUE(has_line(text, took + "_bucket" + lease + ",le=\"2.5\"} 1"));
  EXPECT_TRUE(has_line(text, took + "_sum" + lease + "} 2"));
  EXPECT_TRUE(has_line(text, took + "_count{method=\"GET\",route=\"/v1/runs/{id}\"} 1"));
  EXPECT_EQ(text.find("0123456789abcdef"), std::string::npos);
}

TEST(Numbers, KnowEveryWordThatTheApiCounts) {
  World world;
  for (auto phase : domain::run::all_of(domain::run::Phase{}))
    EXPECT_NE(metrics::ByRunStatus::Value::of(status_of(phase)).index(), 0) << status_of(phase);
  world.send("BREW", "/", world.admin);
  world.send("GET", "/nowhere", world.admin);
  std::string const text = metrics_of(world);
  for (auto name : {"tally_refusals_total", "tally_ready", "tally_lane_depth", "tally_build_info"})
    EXPECT_EQ(text.find(std::string(name) + "{" + "code=\"(other)\""), std::string::npos) << name;
  EXPECT_EQ(text.find("(other)"), std::string::npos) << text;
}

TEST(Numbers, ShowWhatEachTenantHas) {
  World world;
  world.tenant("acme", "5");
  world.submit(world.admin, "k");
  world.loop->read_tenants(
      [&](std::vector<ledger::TenantFigures> const& all) { world.api->note_tenants(all); });
  world.pump();
  std::string const text = metrics_of(world);
  EXPECT_TRUE(has_line(text, "tally_tenant_held_usd{tenant=\"default\"} 0.05")) << text;
  EXPECT_TRUE(has_line(text, "tally_tenant_available_usd{tenant=\"default\"} 99.95"));
  EXPECT_TRUE(has_line(text, "tally_tenant_granted_usd{tenant=\"acme\"} 5"));
  EXPECT_TRUE(has_line(text, "tally_tenant_spent_usd{tenant=\"acme\"} 0"));
  EXPECT_TRUE(has_line(text, "tally_tenant_overrun_usd{tenant=\"acme\"} 0"));
  EXPECT_TRUE(has_line(text, "tally_tenant_runs_live{tenant=\"default\"} 1"));
}

// One request for /metrics without a key, as the HTTP server hands it over.
int status_from_loopback(World& world, ports::HttpHeaders headers) {
  auto const sent = std::make_shared<Sent>("GET", "/metrics");
  ports::HttpRequest request;
  request.method = "GET";
  request.path = "/metrics";
  request.headers = std::move(headers);
  request.peer = "127.0.0.1";
  request.from_loopback = true;
  world.api->handle(std::move(request), ports::Responder(sent));
  world.pump();
  return sent->answer.status;
}

TEST(Numbers, AreOpenOnThisMachineAndNotThroughAProxyOnIt) {
  World world;
  EXPECT_EQ(status_from_loopback(world, {}), 200);
  for (std::string name : {"forwarded", "via", "x-forwarded-for", "x-forwarded-host",
                           "x-forwarded-proto", "x-real-ip"})
    EXPECT_EQ(status_from_loopback(world, {{name, "203.0.113.9"}}), 401) << name;
  Options options;
  options.behind_proxy = true;
  World declared(std::move(options));
  EXPECT_EQ(status_from_loopback(declared, {}), 401);
  auto const token = declared.key("default", "metrics:read");
  EXPECT_EQ(status_from_loopback(declared, {{"authorization", "Bearer " + token}}), 200);
}

}  // namespace
}  // namespace tally::api
