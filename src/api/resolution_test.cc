// How an audit ends, and what is said of a charge above the run's hold.

#include <gtest/gtest.h>

#include "api/test_world.h"

namespace tally::api {
namespace {

// A run that held 0.05 of 100 USD, ended well and did not say what it cost.
std::string audited(World& world) {
  auto const id = run_id(world.submit(world.admin, "k"));
  auto const lease = lease_one(world);
  auto const fence = "{\"fence\":" + lease.fence;
  world.send("POST", lease.path("start"), world.admin, fence + "}");
  world.send("POST", lease.path("complete"), world.admin, fence + ",\"result\":1}");
  EXPECT_EQ(text_at(world.send("GET", "/v1/runs/" + id, world.admin)->body(), {"status"}),
            "audit_required");
  return id;
}

SentPtr resolve(World& world, std::string const& run, std::string const& charge,
                std::string const& more = "") {
  return world.send("POST", "/v1/admin/runs/" + run + "/resolution", world.admin,
                    R"({"charge_usd":")" + charge + R"(","reason":"the bill")" + more + "}");
}

TEST(Resolution, AnswersWhatIsAboveTheHoldWhatWasPaidAndWhatIsOwed) {
  World world;
  auto const sent = resolve(world, audited(world), "101");
  EXPECT_EQ(sent->answer.status, 200) << sent->answer.body;
  EXPECT_EQ(text_at(sent->body(), {"receipt", "charged_usd"}), "0.0500");
  EXPECT_EQ(text_at(sent->body(), {"receipt", "overrun_usd"}), "100.9500");
  EXPECT_EQ(text_at(sent->body(), {"receipt", "paid_usd"}), "99.9500");
  EXPECT_EQ(text_at(sent->body(), {"receipt", "owed_usd"}), "1.0000");
}

// Whoever decides looks for the receipt then, and not only for a worker that forgot it.
TEST(Audit, OfACostThatCouldNotBeReadSaysThatAReceiptMayBeThere) {
  World world;
  auto const told = world.send("GET", "/v1/why?subject=" + audited(world), world.admin);
  EXPECT_NE(told->answer.body.find("its receipt is missing, or says no amount that can be read"),
            std::string::npos)
      << told->answer.body;
}

TEST(Resolution, IsRefusedFurtherAboveTheHoldThanTheCallerMeant) {
  World world;
  auto const id = audited(world);
  auto const size = world.log.size();
  auto const sent = resolve(world, id, "1000000000", R"(,"above_hold_max_usd":"0")");
  EXPECT_EQ(sent->answer.status, 422) << sent->answer.body;
  auto const& error = sent->body().find("errors")->array()->at(0);
  EXPECT_EQ(text_at(error, {"pointer"}), "/above_hold_max_usd");
  EXPECT_TRUE(text_at(error, {"detail"})
                  .starts_with("1000000000.0000 USD are 999999999.9500 above the run's hold of "
                               "0.0500: the budget of tenant default pays that"))
      << sent->answer.body;
  EXPECT_EQ(world.log.size(), size);
  EXPECT_EQ(resolve(world, id, "0.05", R"(,"above_hold_max_usd":"0")")->answer.status, 200);
}

TEST(Resolution, AboveWhatThePlanBelievesIsRefusedAndNamesTheBound) {
  World world;
  auto const id = audited(world);
  world.send("POST", "/v1/admin/plans", world.admin,
             R"({"plan":"plan-default","overrun_believed_max_usd":"10"})");
  auto const sent = resolve(world, id, "10.06");
  EXPECT_EQ(sent->answer.status, 422) << sent->answer.body;
  EXPECT_EQ(text_at(sent->body(), {"detail"}),
            "this is 10.0100 USD above the run's hold of 0.0500, and overrun_believed_max_usd of "
            "its plan is 10.0000: charge at most 10.0500, or raise that bound first");
  EXPECT_EQ(resolve(world, id, "10.05")->answer.status, 200);
}

}  // namespace
}  // namespace tally::api
