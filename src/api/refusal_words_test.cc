// What a refusal says to whoever reads it: which member is at fault, within which bound, and what
// there is where a name is not known.

#include <gtest/gtest.h>

#include "api/test_world.h"

namespace tally::api {
namespace {

SentPtr post(World& world, std::string const& target, std::string const& body) {
  return world.send("POST", target, world.admin, body);
}

std::string detail_of(SentPtr const& sent) { return text_at(sent->body(), {"detail"}); }

// "POINTER DETAIL" of the first thing that is listed; empty where nothing is.
std::string first_error(SentPtr const& sent) {
  auto const* errors = sent->body().find("errors");
  if (errors == nullptr || errors->array() == nullptr || errors->array()->empty()) return {};
  json::Value const& first = errors->array()->front();
  return text_at(first, {"pointer"}) + " " + text_at(first, {"detail"});
}

constexpr char const* kGrants = "/v1/admin/tenants/default/grants";

TEST(Refusal, OfAGrantBeyondItsBoundListsTheMemberAndTheBound) {
  World world;  // default has 100 USD
  auto const sent = post(world, kGrants, R"({"amount_usd":"1000000000"})");
  EXPECT_EQ(sent->answer.status, 422) << sent->answer.body;
  EXPECT_TRUE(first_error(sent).starts_with("/amount_usd must be at most 999999900.0000"))
      << sent->answer.body;
  EXPECT_EQ(post(world, kGrants, R"({"amount_usd":"999999900"})")->answer.status, 201);
}

TEST(Refusal, OfAModeSaysWhichScopesThereAre) {
  World world;
  auto const set = [&](std::string const& scope) {
    return post(world, "/v1/halt", R"({"mode":"safe","scope":")" + scope + R"(","reason":"r"})");
  };
  auto const tenant = set("tenant:nosuch");
  EXPECT_EQ(tenant->answer.status, 404);
  EXPECT_EQ(detail_of(tenant), "no tenant has this name; there are: default");
  EXPECT_EQ(detail_of(set("job:nosuch")), "no job kind has this name; there are: j");
  EXPECT_NE(detail_of(set("key:key_00000000000000ff")).find("/v1/admin/keys"), std::string::npos);
  EXPECT_EQ(detail_of(set("run:run_00000000000000ff")).find("no such scope"), std::string::npos);
}

TEST(Refusal, OfANameThatThereIsNotSaysWhichThereAre) {
  World world;
  auto const key = post(world, "/v1/admin/keys", R"({"tenant":"nosuch","scopes":["work"]})");
  EXPECT_EQ(detail_of(key), "no tenant has this name; there are: default");
  auto const grant = post(world, "/v1/admin/tenants/nosuch/grants", R"({"amount_usd":"1"})");
  EXPECT_EQ(detail_of(grant), "no tenant has this name; there are: default");
  auto const plan = post(world, "/v1/admin/tenants", R"({"tenant":"t","plan":"nosuch"})");
  EXPECT_TRUE(first_error(plan).starts_with("/plan no rate plan has this name; there are: "))
      << plan->answer.body;
}

TEST(Refusal, NamesTheMemberAsTheRequestHasIt) {
  World world;
  ASSERT_EQ(post(world, "/v1/admin/people", R"({"person":"pat","name":"P","roles":["viewer"]})")
                ->answer.status,
            201);
  ASSERT_EQ(post(world, "/v1/admin/people/pat/remove", "")->answer.status, 200);
  auto const sent =
      post(world, "/v1/admin/keys", R"({"tenant":"default","owner":"pat","scopes":["work"]})");
  EXPECT_EQ(sent->answer.status, 422) << sent->answer.body;
  EXPECT_TRUE(first_error(sent).starts_with("/owner ")) << sent->answer.body;
}

TEST(Refusal, OfAReusedKeySpeaksOfRequestsAndNotOfRunsAlone) {
  World world;
  auto const page = world.send("GET", "/problems/idempotency_key_reused", "", "",
                               {{"accept", "application/json"}});
  EXPECT_NE(page->answer.body.find("a new key for a new request"), std::string::npos)
      << page->answer.body;
}

TEST(Refusal, OfABadBodyListsAllThatIsWrongAtOnce) {
  World world;
  auto const sent = post(world, "/v1/admin/keys",
                         R"({"tenant":"A B","owner":7,"scopes":["nothing"],"expires":1})");
  EXPECT_EQ(sent->answer.status, 422);
  ASSERT_NE(sent->body().find("errors"), nullptr);
  EXPECT_EQ(sent->body().find("errors")->array()->size(), 4u) << sent->answer.body;
}

}  // namespace
}  // namespace tally::api
