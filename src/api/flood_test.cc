// What a flood writes, and that what is only counted is counted right.

#include <gtest/gtest.h>

#include "api/test_world.h"

namespace tally::api {
namespace {

constexpr int kFlood = 100'000;

// What the minute's end writes about a flood.
void expect_a_handful_of_events(World& world, std::size_t before) {
  world.pump();
  EXPECT_EQ(world.log.size(), before);
  world.clock.advance(seconds(60));
  world.api->tick();
  world.pump();
  EXPECT_GT(world.log.size(), before);
  EXPECT_LE(world.log.size(), before + 3);
}

TEST(Flood, OfStrangersAddsAHandfulOfEvents) {
  World world;
  auto const before = world.log.size();
  int limited = 0;
  for (int i = 0; i < kFlood; ++i) {
    auto const sent = world.begin("GET", "/v1/budget", i % 2 ? "" : "tk_wrong");
    limited += sent->answer.status == 429;
  }
  EXPECT_EQ(limited, kFlood - 600);
  expect_a_handful_of_events(world, before);
}

TEST(Flood, OverAPlansRateAddsAHandfulOfEvents) {
  World world;
  world.tenant("slow", "10", domain::directory::Rate{.requests = 3, .window = seconds(3600)});
  auto const token = world.key("slow", "runs:write");
  auto const before = world.log.size();
  int limited = 0;
  for (int i = 0; i < kFlood; ++i) {
    auto const sent = world.begin("POST", "/v1/runs", token, World::kBody);
    limited += sent->answer.status == 429;
  }
  EXPECT_EQ(limited, kFlood - 3);
  expect_a_handful_of_events(world, before);
}

// The sum of a code's counts in the ledger.
std::int64_t recorded_count(World& world, std::string const& code) {
  std::int64_t sum = 0;
  auto const entries = world.reader.entries(0, world.log.size());
  for (auto const& entry : *entries) {
    auto const* group = std::get_if<domain::system::Events>(&entry.recorded.event);
    auto const* counted = group ? std::get_if<domain::system::RefusalsCounted>(group) : nullptr;
    if (counted != nullptr && counted->code == code) sum += counted->count;
  }
  return sum;
}

TEST(Counts, OfTheMetricsAreThoseOfTheRecords) {
  World world;
  for (int i = 0; i < 3; ++i) world.submit(world.admin, "same");
  for (int i = 0; i < 4; ++i) world.submit(world.admin, "k", "{}");
  for (int i = 0; i < 5; ++i) world.send("GET", "/v1/budget", "tk_wrong");
  auto const leased = lease_one(world);
  for (int i = 0; i < 3; ++i)
    world.send("POST", leased.path("start"), world.admin, "{\"fence\":" + leased.fence + "}");
  world.api->flush();
  world.pump();
  auto const metrics = world.send("GET", "/metrics", world.admin)->answer.body;
  for (auto const& [code, count] : std::map<std::string, std::int64_t>{{"idempotent_replay", 2},
                                                                       {"validation_error", 4},
                                                                       {"auth_invalid", 5},
                                                                       {"unchanged", 2}}) {
    EXPECT_EQ(recorded_count(world, code), count) << code;
    EXPECT_NE(
        metrics.find("tally_refusals_total{code=\"" + code + "\"} " + std::to_string(count) + "\n"),
        std::string::npos)
        << metrics;
  }
}

TEST(Reads, OfWhoHungUpComeAfterThoseOfWhoWaitsAndAreStillAnswered) {
  World world;
  std::vector<SentPtr> left;
  for (int i = 0; i < 3; ++i) left.push_back(world.begin("GET", "/v1/runs?limit=200", world.admin));
  for (auto const& one : left) one->hung_up = true;
  auto const waits = world.begin("GET", "/v1/runs?limit=1", world.admin);
  for (int i = 0; i < 4; ++i) world.executor.step();
  EXPECT_EQ(waits->answer.status, 200);
  EXPECT_EQ(waits->answers, 1);
  for (auto const& one : left) EXPECT_EQ(one->answers, 0) << "its turn is the one of all such";
  EXPECT_EQ(world.executor.brought.back(), "read (hung up)");
  world.pump();
  for (auto const& one : left) EXPECT_EQ(one->answers, 1) << "it may have ended its own side only";
}

TEST(Submits, OfWhoHungUpAreDoneInTheirTurn) {
  World world;
  auto const sent =
      world.begin("POST", "/v1/runs", world.admin, World::kBody, {{"idempotency-key", "k"}});
  sent->hung_up = true;
  world.pump();
  EXPECT_EQ(sent->answer.status, 202) << sent->answer.body;
  for (auto const& one : world.executor.brought) EXPECT_EQ(one.find("hung"), std::string::npos);
}

}  // namespace
}  // namespace tally::api
