// Which blobs are left when all that no event names were collected.

#include <fmt/format.h>

#include <algorithm>

#include "api/test_world.h"
#include "domain/each_document.h"

namespace tally::api {
namespace {

std::string quoted(char letter) { return '"' + std::string(40'000, letter) + '"'; }

std::string body(char input, std::string_view most = "1", std::string_view job = "j") {
  return fmt::format(R"({{"job":"{}","max_cost_usd":"{}","input":{}}})", job, most, quoted(input));
}

// What a pass over the whole ledger does when an hour is over (ledger/attest.h).
void collect(World& world) {
  std::vector<ContentRef> named;
  auto const entries = world.reader.entries(0, static_cast<std::size_t>(world.index.size()));
  ASSERT_TRUE(entries);
  for (auto const& entry : *entries)
    domain::each_document(entry.recorded.event, [&](domain::Document const& document) {
      if (document.blob) named.push_back(*document.blob);
    });
  std::ranges::sort(named);
  world.blobs.at = world.blobs.at + ports::kBlobGrace + microseconds(1);
  world.blobs.collect(named, world.blobs.at - ports::kBlobGrace, [] { return true; });
}

TEST(Collection, LeavesNothingOfASubmitThatWasRefusedRepeatedOrOnlyTried) {
  World world;
  EXPECT_EQ(world.submit(world.admin, "one", body('a', "9000"))->answer.status, 402);
  EXPECT_EQ(world.submit(world.admin, "two", body('b', "1", "unknown"))->answer.status, 422);
  EXPECT_EQ(world.send("POST", "/v1/runs?dry_run=true", world.admin, body('c'))->answer.status,
            200);
  EXPECT_EQ(world.submit(world.admin, "three", body('d'))->answer.status, 202);
  auto const other_body = world.submit(world.admin, "three", body('e'));
  EXPECT_GE(other_body->answer.status, 400);
  EXPECT_EQ(world.blobs.size(), 5u);
  collect(world);
  EXPECT_EQ(world.blobs.size(), 1u);
  auto const lease = world.send("POST", "/v1/work/lease", world.admin, R"({"jobs":["j"]})");
  EXPECT_EQ(json::write(*lease->body().find("work")->array()->at(0).find("input")), quoted('d'));
}

TEST(Collection, LeavesTheResultOfARunAndNotOneThatCameTooLate) {
  World world;
  auto const run = run_id(world.submit(world.admin, "k", body('a')));
  Leased const leased = lease_one(world);
  std::string const report = R"({"fence":)" + leased.fence + R"(,"cost_usd":"0.01","result":)";
  world.send("POST", leased.path("start"), world.admin, R"({"fence":)" + leased.fence + "}");
  EXPECT_EQ(world.send("POST", leased.path("complete"), world.admin, report + quoted('r') + "}")
                ->answer.status,
            200);
  EXPECT_GE(world.send("POST", leased.path("complete"), world.admin, report + quoted('s') + "}")
                ->answer.status,
            400);
  EXPECT_EQ(world.blobs.size(), 3u);
  collect(world);
  EXPECT_EQ(world.blobs.size(), 2u);
  auto const result = world.send("GET", "/v1/runs/" + run + "/result", world.admin);
  EXPECT_EQ(result->answer.status, 200);
  EXPECT_NE(result->answer.body.find(std::string(40'000, 'r')), std::string::npos);
}

}  // namespace
}  // namespace tally::api
