// The ledger as a stream of lines: whole, bounded by what the client takes, and visibly cut off
// where it is not whole.

#include "api/event_export.h"

#include <gtest/gtest.h>

#include "api/test_world.h"
#include "wire/evidence_parameters.h"

namespace tally::api {
namespace {

ports::HttpHeaders lines() { return {{"accept", std::string(wire::kLinesMediaType)}}; }

std::vector<json::Value> lines_of(SentPtr const& sent) {
  std::vector<json::Value> all;
  std::string_view left = sent->answer.body;
  while (!left.empty()) {
    auto const line = left.substr(0, left.find('\n'));
    left.remove_prefix(line.size() + 1);
    auto value = json::parse(line);
    EXPECT_TRUE(value) << line;
    if (value) all.push_back(std::move(*value));
  }
  return all;
}

std::int64_t seq_of(json::Value const& line) { return *line.find("seq")->integer(); }

// Takes what comes until nothing more does.
void read_all(World& world, SentPtr const& sent) {
  for (std::size_t before = 1, after = 0; before != after;) {
    before = sent->answer.body.size();
    sent->take();
    world.pump();
    after = sent->answer.body.size();
  }
}

SentPtr exported(World& world, std::string const& target, std::string const& token) {
  auto const sent = world.send("GET", target, token, {}, lines());
  read_all(world, sent);
  return sent;
}

// More than one slice.
void fill(World& world) {
  std::string const body = R"({"job":"j","input":1,"max_cost_usd":"0.01","labels":{"about":")" +
                           std::string(200, 'x') + "\"}}";
  for (int i = 0; i < 200; ++i) world.submit(world.admin, "k" + std::to_string(i), body);
}

TEST(EventExport, HasEveryEventOnceInOrderAndSaysThatItIsWhole) {
  World world;
  fill(world);
  auto const sent = exported(world, "/v1/events", world.admin);
  EXPECT_EQ(sent->answer.status, 200);
  EXPECT_EQ(sent->header("content-type"), wire::kLinesMediaType);
  EXPECT_GT(sent->answer.body.size(), kSliceBytes);
  EXPECT_TRUE(sent->is_whole);
  auto const all = lines_of(sent);
  ASSERT_EQ(all.size(), static_cast<std::size_t>(world.reader.index().size()) + 1);
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    EXPECT_EQ(seq_of(all[i]), static_cast<std::int64_t>(i));
    auto const entry = world.reader.entry(static_cast<std::int64_t>(i));
    EXPECT_EQ(json::canonical(*all[i].find("event")), as_text(entry->leaf));
    EXPECT_EQ(*all[i].find("leaf_sha256")->string(), entry->leaf_hash.hex());
  }
  EXPECT_EQ(json::canonical(all.back()), R"({"end":true,"next":null})");
}

TEST(EventExport, ReadsNoFurtherThanTheClientTakes) {
  World world;
  fill(world);
  auto const sent = world.send("GET", "/v1/events", world.admin, {}, lines());
  auto const first = sent->answer.body.size();
  EXPECT_GE(first, kSliceBytes);
  EXPECT_LT(first, 2 * kSliceBytes);
  world.pump();
  EXPECT_EQ(sent->answer.body.size(), first);
  EXPECT_FALSE(sent->is_whole);
  EXPECT_TRUE(world.executor.waiting.empty()) << "nobody waits for it in a lane";
  sent->take();
  world.pump();
  EXPECT_GT(sent->answer.body.size(), first);
  sent->hung_up = true;  // who waits for room is told, and lets go of the stream
  sent->take();
  world.pump();
}

TEST(EventExport, EndsWithItsClient) {
  World world;
  fill(world);
  auto const sent = world.send("GET", "/v1/events", world.admin, {}, lines());
  auto const first = sent->answer.body.size();
  sent->hung_up = true;
  sent->take();
  world.pump();
  EXPECT_EQ(sent->answer.body.size(), first);
  EXPECT_TRUE(sent->is_cut);
}

TEST(EventExport, IsCutOffWhenItsKeyIsRevoked) {
  World world;
  auto const token = world.key("default", "evidence:read ops:read");
  fill(world);
  auto const sent = world.send("GET", "/v1/events", token, {}, lines());
  auto const key = to_text(world.loop->directory()->keys.at(sha256(as_bytes(token))).id);
  auto const revoked = world.send("POST", "/v1/admin/keys/" + key + "/revoke", world.admin);
  EXPECT_EQ(revoked->answer.status, 200);
  read_all(world, sent);
  EXPECT_TRUE(sent->is_cut);
  EXPECT_EQ(sent->answer.body.find("\"end\":true"), std::string::npos);
  EXPECT_EQ(sent->answers, 1);
}

TEST(EventExport, GoesOnWhereItWasCutOff) {
  World world;
  fill(world);
  auto const cut = world.send("GET", "/v1/events", world.admin, {}, lines());
  world.executor.is_full = [](TaskLane lane) { return lane == TaskLane::query; };
  cut->take();
  world.pump();
  EXPECT_TRUE(cut->is_cut);
  EXPECT_EQ(cut->answers, 1) << "the 503 would come in the middle of the body";
  EXPECT_EQ(world.send("GET", "/v1/events", world.admin, {}, lines())->answer.status, 503);
  world.executor.is_full = [](TaskLane) { return false; };
  auto const last = seq_of(lines_of(cut).back());
  auto const rest = exported(world, "/v1/events?from=" + std::to_string(last + 1), world.admin);
  EXPECT_TRUE(rest->is_whole);
  EXPECT_EQ(seq_of(lines_of(rest).front()), last + 1);
  EXPECT_EQ(lines_of(cut).size() + lines_of(rest).size(),
            static_cast<std::size_t>(world.reader.index().size()) + 1);
}

TEST(EventExport, ShowsATenantItsOwnEvents) {
  World world;
  world.tenant("acme", "5");
  auto const token = world.key("acme", "evidence:read");
  world.submit(world.admin, "k");
  auto const all = lines_of(exported(world, "/v1/events", token));
  ASSERT_GT(all.size(), 1u);
  for (std::size_t i = 0; i + 1 < all.size(); ++i)
    EXPECT_EQ(*all[i].find("event")->find("tenant")->string(), "acme");
}

TEST(EventExport, EndsAtItsLimitAndSaysWhereTheNextBegins) {
  World world;
  auto const sent = exported(world, "/v1/events?from=1&limit=2", world.admin);
  auto const all = lines_of(sent);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(seq_of(all[1]), 2);
  EXPECT_EQ(*all[2].find("next")->integer(), 3);
  auto const beyond = exported(world, "/v1/events?from=1000000", world.admin);
  EXPECT_EQ(beyond->answer.body, "{\"end\":true,\"next\":null}\n");
}

TEST(EventExport, ComesForWhoAsksForLinesAndNothingElse) {
  World world;
  auto const type_for = [&](std::string const& accept) {
    return world.send("GET", "/v1/events", world.admin, {}, {{"accept", accept}})
        ->header("content-type");
  };
  EXPECT_EQ(type_for("application/x-ndjson"), wire::kLinesMediaType);
  EXPECT_EQ(type_for("Application/X-NDJSON; charset=utf-8, */*;q=0.1"), wire::kLinesMediaType);
  EXPECT_EQ(type_for("application/x-ndjson, application/json"), "application/json");
  EXPECT_EQ(type_for("*/*"), "application/json");
  EXPECT_EQ(type_for("application/x-ndjson;q=0, */*"), "application/json");
  auto const elsewhere = world.send("GET", "/v1/runs", world.admin, {}, lines());
  EXPECT_EQ(elsewhere->answer.status, 406);
}

}  // namespace
}  // namespace tally::api
