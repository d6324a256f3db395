// Idempotency keys on every POST that changes something, and fields that must be one.

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "api/routes.h"
#include "api/test_world.h"
#include "wire/endpoints.h"
#include "wire/idempotency_key.h"

namespace tally::api {
namespace {

using Headers = ports::HttpHeaders;

SentPtr post(World& world, std::string const& target, std::string const& key,
             std::string const& body = {}) {
  Headers headers;
  if (!key.empty()) headers.emplace_back("idempotency-key", key);
  return world.send("POST", target, world.admin, body, std::move(headers));
}

std::string available(World& world) {
  return text_at(world.send("GET", "/v1/budget", world.admin)->body(), {"available_usd"});
}

constexpr char const* kGrants = "/v1/admin/tenants/default/grants";

// The members that both answers have, without those that say which request is answered.
json::Object lasting(SentPtr const& sent) {
  json::Object members;
  for (auto const& member : *sent->body().object())
    if (member.first != "idempotent_replay" && member.first != "token" && member.first != "note")
      members.push_back(member);
  return members;
}

void expect_first(SentPtr const& sent, int status) {
  EXPECT_EQ(sent->answer.status, status) << sent->answer.body;
  EXPECT_EQ(sent->header("idempotent-replayed"), "");
  EXPECT_EQ(sent->header("idempotent-answered-at"), "");
  EXPECT_EQ(text_at(sent->body(), {"idempotent_replay"}), "(absent)");
  EXPECT_NE(sent->header("idempotency-key-expires"), "");
}

void expect_again(SentPtr const& again, SentPtr const& first) {
  EXPECT_EQ(again->answer.status, first->answer.status) << again->answer.body;
  EXPECT_EQ(again->header("idempotent-replayed"), "true");
  EXPECT_EQ(text_at(again->body(), {"idempotent_replay"}), "true");
  EXPECT_EQ(again->header("idempotency-key-expires"), first->header("idempotency-key-expires"));
  EXPECT_EQ(json::Value(lasting(again)), json::Value(lasting(first)));
}

TEST(IdempotencyKey, IsLookedForUnderEveryRouteThatTakesOne) {
  std::set<std::string> taken;
  for (Route const& route : routes())
    if (route.keyed != wire::Keyed::no) taken.insert(wire::route_name(route));
  auto const keyed = wire::keyed_routes();
  EXPECT_EQ(keyed.front(), "POST /v1/runs");
  EXPECT_EQ(taken, std::set<std::string>(keyed.begin(), keyed.end()));
}

TEST(IdempotencyKey, GivesAGrantOnce) {
  World world;
  auto const first = post(world, kGrants, "k", R"({"amount_usd":"5"})");
  expect_first(first, 201);
  auto const size = world.log.size();
  expect_again(post(world, kGrants, "\"k\"", R"({"amount_usd":"5"})"), first);
  EXPECT_EQ(world.log.size(), size);
  EXPECT_EQ(available(world), "105.0000");
  EXPECT_EQ(post(world, kGrants, "k2", R"({"amount_usd":"5"})")->answer.status, 201);
  EXPECT_EQ(post(world, kGrants, "", R"({"amount_usd":"5"})")->answer.status, 201);
  EXPECT_EQ(available(world), "115.0000");
}

TEST(IdempotencyKey, SaysWhenItGotItsAnswer) {
  World world;
  Instant const then = world.loop->now();
  post(world, kGrants, "k", R"({"amount_usd":"5"})");
  world.clock.advance(seconds(180));
  auto const again = post(world, kGrants, "k", R"({"amount_usd":"5"})");
  auto const at = from_rfc3339(again->header("idempotent-answered-at"));
  ASSERT_TRUE(at.has_value()) << again->header("idempotent-answered-at");
  EXPECT_GE(*at, then);
  EXPECT_LT(*at, then + seconds(180));
}

TEST(IdempotencyKey, AnswersAGrantAgainWithTheBudgetAsItLeftIt) {
  World world;
  auto const first = post(world, kGrants, "k", R"({"amount_usd":"5"})");
  world.submit(world.admin, "run");
  expect_again(post(world, kGrants, "k", R"({"amount_usd":"5"})"), first);
}

TEST(IdempotencyKey, TakesAmountsByTheirValue) {
  World world;
  auto const first = post(world, kGrants, "k", R"({"amount_usd":"0.05"})");
  expect_again(post(world, kGrants, "k", R"({"amount_usd":"0.0500"})"), first);
  expect_again(post(world, kGrants, "k", R"({"amount_usd":"00.05"})"), first);
  EXPECT_EQ(post(world, kGrants, "k", R"({"amount_usd":"0.0501"})")->code(),
            "idempotency_key_reused");
  auto const run =
      world.submit(world.admin, "r", R"({"job":"j","input":"0.0500","max_cost_usd":"0.05"})");
  auto const same =
      world.submit(world.admin, "r", R"({"job":"j","input":"0.0500","max_cost_usd":"0.0500"})");
  EXPECT_EQ(run_id(same), run_id(run));
  // The input is the caller's own: nobody says that its texts are amounts.
  EXPECT_EQ(
      world.submit(world.admin, "r", R"({"job":"j","input":"0.05","max_cost_usd":"0.05"})")->code(),
      "idempotency_key_reused");
}

TEST(IdempotencyKey, BelongsToOneRouteOneTenantAndOnePath) {
  World world;
  world.tenant("other", "1");
  auto const token = world.key("other", "admin runs:write");
  post(world, kGrants, "k", R"({"amount_usd":"5"})");
  // Another tenant's grant under the same key is another request.
  EXPECT_EQ(post(world, "/v1/admin/tenants/other/grants", "k", R"({"amount_usd":"5"})")->code(),
            "idempotency_key_reused");
  // Another route, and another tenant's caller, have keys of their own.
  EXPECT_EQ(
      post(world, "/v1/admin/tenants", "k", R"({"tenant":"t","plan":"plan-other"})")->answer.status,
      201);
  auto const theirs =
      world.send("POST", kGrants, token, R"({"amount_usd":"5"})", {{"idempotency-key", "k"}});
  expect_first(theirs, 201);
}

TEST(IdempotencyKey, AnswersAKeyCreationAgainWithoutItsTokenAndSaysSo) {
  World world;
  std::string const body = R"({"tenant":"default","scopes":["runs:read"]})";
  auto const first = post(world, "/v1/admin/keys", "k", body);
  expect_first(first, 201);
  std::string const token = text_at(first->body(), {"token"});
  ASSERT_TRUE(token.starts_with("tk_"));
  EXPECT_EQ(text_at(first->body(), {"note"}), "(absent)");
  auto const again = post(world, "/v1/admin/keys", "k", body);
  expect_again(again, first);
  EXPECT_EQ(text_at(again->body(), {"token"}), "(absent)");
  EXPECT_NE(text_at(again->body(), {"note"}).find("token"), std::string::npos);
  EXPECT_EQ(again->answer.body.find(token), std::string::npos);
  EXPECT_EQ(world.send("GET", "/v1/runs", token)->answer.status, 200);
}

TEST(IdempotencyKey, AnswersTheRestOfTheAdministrationAgain) {
  World world;
  for (auto const& [target, body] : std::initializer_list<std::pair<char const*, char const*>>{
           {"/v1/admin/plans", R"({"plan":"p","rate":{"requests":5,"window_s":60}})"},
           {"/v1/admin/tenants", R"({"tenant":"t","plan":"p"})"},
           {"/v1/admin/people", R"({"person":"pat","name":"Pat","roles":["viewer"]})"},
           {"/v1/halt", R"({"mode":"safe","scope":"job:j","reason":"r"})"}}) {
    auto const first = post(world, target, "k", body);
    EXPECT_LT(first->answer.status, 300) << first->answer.body;
    auto const size = world.log.size();
    expect_again(post(world, target, "k", body), first);
    EXPECT_EQ(world.log.size(), size) << target;
  }
}

TEST(IdempotencyKey, TellsWhichKeyWasRevokedAgain) {
  World world;
  auto const key = post(world, "/v1/admin/keys", "", R"({"tenant":"default","scopes":["work"]})");
  std::string const target = "/v1/admin/keys/" + text_at(key->body(), {"key_id"}) + "/revoke";
  auto const first = post(world, target, "k");
  expect_first(first, 200);
  expect_again(post(world, target, "k"), first);
}

TEST(IdempotencyKey, CancelsOneRunAndNoOther) {
  World world;
  auto const cancel = [&](SentPtr const& run) { return "/v1/runs/" + run_id(run) + "/cancel"; };
  auto const one = world.submit(world.admin, "one");
  auto const two = world.submit(world.admin, "two");
  auto const first = post(world, cancel(one), "k");
  expect_first(first, 200);
  expect_again(post(world, cancel(one), "k"), first);
  EXPECT_EQ(post(world, cancel(two), "k")->code(), "idempotency_key_reused");
  EXPECT_EQ(text_at(post(world, cancel(two), "l")->body(), {"status"}), "cancelled");
  // The run ended, and this key is new: there is nothing to change any more.
  EXPECT_EQ(post(world, cancel(one), "m")->answer.status, 200);
}

TEST(IdempotencyKey, IsNotConsumedByWhatIsRefused) {
  World world;
  EXPECT_EQ(post(world, kGrants, "k", R"({"amount_usd":"0"})")->answer.status, 422);
  EXPECT_EQ(post(world, kGrants, "k", R"({)")->answer.status, 400);
  EXPECT_EQ(
      post(world, "/v1/admin/tenants/nobody/grants", "k", R"({"amount_usd":"1"})")->answer.status,
      404);
  expect_first(post(world, kGrants, "k", R"({"amount_usd":"1"})"), 201);
}

TEST(Withdrawals, TakeCreditsBackOnceAndNoMoreThanIsAvailable) {
  World world;
  constexpr char const* kWithdrawals = "/v1/admin/tenants/default/withdrawals";
  auto const taken = post(world, kWithdrawals, "k", R"({"amount_usd":"40"})");
  expect_first(taken, 201);
  EXPECT_EQ(text_at(taken->body(), {"available_usd"}), "60.0000");
  EXPECT_EQ(text_at(taken->body(), {"granted_usd"}), "60.0000");
  EXPECT_EQ(post(world, kWithdrawals, "k", R"({"amount_usd":"40"})")->answer.status, 201);
  EXPECT_EQ(available(world), "60.0000");
  auto const events = world.log.size();
  auto const refused = post(world, kWithdrawals, "l", R"({"amount_usd":"60.000001"})");
  EXPECT_EQ(refused->answer.status, 409);
  EXPECT_EQ(refused->code(), "conflict");
  EXPECT_NE(text_at(refused->body(), {"detail"}).find("60.0000 are available"), std::string::npos);
  EXPECT_EQ(world.log.size(), events);
  EXPECT_EQ(available(world), "60.0000");
  auto const token = world.key("default", "runs:write");
  EXPECT_EQ(world.send("POST", kWithdrawals, token, R"({"amount_usd":"1"})")->code(), "forbidden");
  EXPECT_EQ(post(world, "/v1/admin/tenants/nobody/withdrawals", "m", R"({"amount_usd":"1"})")
                ->answer.status,
            404);
}

TEST(IdempotencyKey, MayBeLeftOutEverywhereButOnASubmit) {
  World world;
  EXPECT_EQ(post(world, kGrants, "", R"({"amount_usd":"1"})")->answer.status, 201);
  auto const sent = post(world, kGrants, std::string(256, 'k'), R"({"amount_usd":"1"})");
  EXPECT_EQ(sent->answer.status, 400);
  EXPECT_EQ(available(world), "101.0000");
}

TEST(IdempotencyKey, GivesRacersOneGrantAndOneAnswer) {
  World world;
  std::vector<SentPtr> racers;
  for (int i = 0; i < 64; ++i)
    racers.push_back(world.begin("POST", kGrants, world.admin, R"({"amount_usd":"1"})",
                                 {{"idempotency-key", "race"}}));
  world.pump();
  int firsts = 0;
  for (auto const& racer : racers) {
    EXPECT_EQ(racer->answer.status, 201);
    firsts += racer->header("idempotent-replayed").empty() ? 1 : 0;
    EXPECT_EQ(text_at(racer->body(), {"available_usd"}), "101.0000");
  }
  EXPECT_EQ(firsts, 1);
  EXPECT_EQ(available(world), "101.0000");
}

// Every POST that the table has takes a key, or is one of those that need none.
TEST(IdempotencyKey, IsReadOnEveryPostButThoseOfWork) {
  World world;
  for (Route const& route : routes()) {
    if (route.method != "POST" || route.scopes.empty()) continue;
    std::string target(route.pattern);
    for (auto open = target.find('{'); open != std::string::npos; open = target.find('{'))
      target.replace(open, target.find('}') - open + 1, "0000000000000000");
    auto const sent = world.send("POST", target, world.admin, "{}", {{"idempotency-key", "a, b"}});
    bool const reads = sent->code() == "malformed";
    EXPECT_EQ(reads, !route.pattern.starts_with("/v1/work/")) << route.pattern;
  }
}

TEST(Field, OfAnIdempotencyKeyIsOne) {
  World world;
  auto const with = [&](Headers headers) {
    return world.send("POST", "/v1/runs", world.admin, World::kBody, std::move(headers));
  };
  auto const size = world.log.size();
  for (auto const& headers :
       {Headers{{"idempotency-key", "K, K"}}, Headers{{"idempotency-key", "K,K"}},
        Headers{{"idempotency-key", R"("K", "K")"}},
        Headers{{"idempotency-key", "K"}, {"idempotency-key", "K"}},
        Headers{{"idempotency-key", "K"}, {"idempotency-key", "L"}},
        Headers{{"idempotency-key", ""}, {"idempotency-key", "L"}}}) {
    EXPECT_EQ(with(headers)->answer.status, 400);
  }
  EXPECT_EQ(world.log.size(), size);
  EXPECT_EQ(with({{"idempotency-key", R"("K, K")"}})->answer.status, 202);
  EXPECT_EQ(with({{"idempotency-key", "K"}})->answer.status, 202);
}

TEST(Field, OfAuthorizationIsOne) {
  World world;
  std::string const good = "Bearer " + world.admin;
  auto const with = [&](Headers headers) {
    return world.send("GET", "/v1/budget", "", {}, std::move(headers));
  };
  EXPECT_EQ(with({{"authorization", good}})->answer.status, 200);
  for (auto const& headers : {Headers{{"authorization", good}, {"authorization", good}},
                              Headers{{"authorization", good}, {"authorization", "Bearer tk_x"}},
                              Headers{{"authorization", good + ", " + good}}}) {
    auto const sent = with(headers);
    EXPECT_EQ(sent->answer.status, 400);
    EXPECT_EQ(sent->code(), "malformed");
  }
}

TEST(Field, OfATraceThatComesTwiceBeginsANewTrace) {
  World world;
  std::string const a = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  std::string const b = "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  auto const trace = [&](Headers headers) {
    return world.send("GET", "/health", "", {}, std::move(headers))
        ->header("traceparent")
        .substr(3, 32);
  };
  EXPECT_EQ(trace({{"traceparent", a}}), a.substr(3, 32));
  for (auto const& headers :
       {Headers{{"traceparent", a}, {"traceparent", b}},
        Headers{{"traceparent", a}, {"traceparent", a}}, Headers{{"traceparent", a + ", " + b}},
        Headers{{"traceparent", a}, {"traceparent", b}, {"x-trace-id", b.substr(3, 32)}}}) {
    EXPECT_NE(trace(headers), a.substr(3, 32));
    EXPECT_NE(trace(headers), b.substr(3, 32));
  }
}

// K1: "9999-12-31T23:59:59Z" ended the process.
TEST(Instant, ThatCannotBeKeptIsRefusedWithTheLastThatCan) {
  World world;
  auto const expires = [&](std::string const& at) {
    return post(world, "/v1/admin/keys", "",
                R"({"tenant":"default","scopes":["work"],"expires_at":")" + at + "\"}");
  };
  for (auto const* at : {"9999-12-31T23:59:59Z", "2255-06-05T23:47:34.740992Z",
                         "1969-12-31T23:59:59Z", "0000-01-01T00:00:00Z"}) {
    auto const sent = expires(at);
    EXPECT_EQ(sent->answer.status, 422) << at;
    EXPECT_NE(sent->answer.body.find("2255-06-05T23:47:34.740991Z"), std::string::npos)
        << sent->answer.body;
  }
  auto const last = expires("2255-06-05T23:47:34.740991Z");
  EXPECT_EQ(last->answer.status, 201) << last->answer.body;
  EXPECT_EQ(text_at(last->body(), {"expires_at"}), "2255-06-05T23:47:34.740991Z");
}

}  // namespace
}  // namespace tally::api
