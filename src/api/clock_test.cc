// What a promise says about time is judged by the ledger's clock: setting the machine's moves it
// not.

#include <gtest/gtest.h>

#include "api/test_world.h"

namespace tally::api {
namespace {

constexpr Duration kYears56 = hours(24 * 365 * 56);  // a start before NTP: from 1970

TEST(Clocks, AMachineThatIsSetMakesNoRunGone) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  execute(world, "1", "0.0100");
  for (Duration const step : {kYears56, Duration(0) - kYears56 - kYears56}) {
    world.clock.set_by(step);
    world.pump();
    auto const shown = world.send("GET", "/v1/runs/" + id, world.admin);
    EXPECT_EQ(shown->answer.status, 200) << shown->answer.body;
    EXPECT_EQ(world.send("GET", "/v1/runs/" + id + "/result", world.admin)->answer.status, 200);
    auto const listed = world.send("GET", "/v1/runs", world.admin);
    EXPECT_NE(listed->answer.body.find(id), std::string::npos);
  }
}

TEST(Clocks, AMachineThatIsSetEndsNoKeyAndKeepsNone) {
  World world;
  // The world's ledger begins at 2026-01-01T00:00:01Z.
  auto const made = world.send("POST", "/v1/admin/keys", world.admin,
                               R"({"tenant":"default","scopes":["budget:read"],)"
                               R"("expires_at":"2026-01-01T01:00:00Z"})");
  auto const token = text_at(made->body(), {"token"});
  auto const status = [&] { return world.send("GET", "/v1/budget", token)->answer.status; };
  ASSERT_EQ(status(), 200) << made->answer.body;
  world.clock.set_by(kYears56);
  world.pump();
  EXPECT_EQ(status(), 200);
  world.clock.set_by(Duration(0) - kYears56 - hours(2));
  world.clock.advance(hours(1) + seconds(10));  // it slews back by two of them meanwhile
  world.pump();
  EXPECT_EQ(status(), 401);
}

TEST(Clocks, ReadinessSaysThatTheMachinesWasStepped) {
  World world;
  auto const ready = [&] {
    world.pump();
    auto const sent = world.send("GET", "/readyz", "");
    EXPECT_EQ(sent->answer.status, 200);
    return sent->answer.body;
  };
  EXPECT_NE(ready().find(R"("degraded":false,"dependencies")"), std::string::npos) << ready();
  world.clock.set_by(milliseconds(500));
  EXPECT_NE(ready().find(R"({"name":"clock","ready":true,"degraded":false})"), std::string::npos);
  world.clock.set_by(seconds(90));
  EXPECT_NE(ready().find(R"("degraded":true,"dependencies")"), std::string::npos);
  EXPECT_NE(ready().find("it is 90.5 s ahead of the ledger's"), std::string::npos) << ready();
  EXPECT_NE(world.send("GET", "/metrics", world.admin)
                ->answer.body.find("tally_clock_disagreement_seconds 90.5"),
            std::string::npos);
  world.clock.set_by(seconds(-181));
  EXPECT_NE(ready().find("it is 90.5 s behind the ledger's"), std::string::npos) << ready();
}

TEST(Clocks, TheAgeOfTheQueueIsInTheLedgersTime) {
  World world;
  world.submit(world.admin, "k");
  world.clock.set_by(kYears56);
  world.clock.advance(seconds(30));
  world.pump();
  auto const metrics = world.send("GET", "/metrics", world.admin)->answer.body;
  EXPECT_NE(metrics.find("tally_queue_oldest_age_seconds 30"), std::string::npos) << metrics;
}

}  // namespace
}  // namespace tally::api
