// Nobody waits for all that one caller, one tenant or all strangers may ask for.

#include <gtest/gtest.h>

#include "api/evidence.h"
#include "api/rates.h"
#include "api/test_world.h"

namespace tally::api {
namespace {

// The same from another address, and not from loopback.
SentPtr ask_from(World& world, std::string const& address, std::string const& target,
                 std::string const& token = {}) {
  auto const sent = std::make_shared<Sent>("GET", target);
  ports::HttpRequest request;
  request.method = "GET";
  request.path = target;
  request.peer = address;
  if (!token.empty()) request.headers.emplace_back("authorization", "Bearer " + token);
  world.api->handle(std::move(request), ports::Responder(sent));
  world.pump();
  return sent;
}

Options open_rate(std::int64_t per_minute) {
  Options options;
  options.open_per_minute = per_minute;
  options.hash_tile = [](std::string_view) -> Result<Bytes> { return Bytes(32, 7); };
  return options;
}

// --- strangers -----------------------------------------------------------------------------------

TEST(OpenRoutes, AnswerEachAddressAtItsRateAndNoFurther) {
  for (std::string const path : {"/ledger/tile/0/000", "/ledger/checkpoint", "/docs", "/problems",
                                 "/openapi.json", "/docs/style.css", "/no/such/path"}) {
    World world(open_rate(3));
    for (int i = 0; i < 3; ++i)
      EXPECT_NE(ask_from(world, "192.0.2.1", path)->answer.status, 429) << path;
    auto const over = ask_from(world, "192.0.2.1", path);
    EXPECT_EQ(over->answer.status, 429) << path;
    EXPECT_EQ(over->code(), "rate_limited") << path;
    EXPECT_EQ(over->header("ratelimit"), "\"open\";r=0;t=60") << path;
    EXPECT_GT(over->answer.rest, Duration()) << path;
    EXPECT_NE(ask_from(world, "192.0.2.2", path)->answer.status, 429) << path;
    world.clock.advance(seconds(60));
    EXPECT_NE(ask_from(world, "192.0.2.1", path)->answer.status, 429) << path;
  }
}

TEST(OpenRoutes, LetAProbeThroughWhenTheAddressHasAskedForTooManyTiles) {
  World world(open_rate(2));
  for (int i = 0; i < 9; ++i) ask_from(world, "192.0.2.1", "/ledger/tile/0/000");
  EXPECT_EQ(ask_from(world, "192.0.2.1", "/health")->answer.status, 200);
  EXPECT_EQ(ask_from(world, "192.0.2.1", "/readyz")->answer.status, 200);
  EXPECT_EQ(ask_from(world, "192.0.2.1", "/health")->answer.status, 429);
}

TEST(OpenRoutes, CountAGoodKeyAmongItsTenantAndNotAmongItsAddress) {
  World world(open_rate(1));
  ask_from(world, "192.0.2.1", "/ledger/tile/0/000");
  EXPECT_EQ(ask_from(world, "192.0.2.1", "/ledger/tile/0/000")->answer.status, 429);
  for (int i = 0; i < 9; ++i)
    EXPECT_EQ(ask_from(world, "192.0.2.1", "/ledger/tile/0/000", world.admin)->answer.status, 200);
  EXPECT_EQ(ask_from(world, "192.0.2.1", "/ledger/tile/0/000", "tk_wrong")->answer.status, 429);
}

TEST(OpenRoutes, LeaveTheRateOfKeysThatAreWrongAlone) {
  World world(open_rate(1));
  for (int i = 0; i < 9; ++i) ask_from(world, "192.0.2.1", "/docs");
  EXPECT_EQ(ask_from(world, "192.0.2.1", "/v1/budget", "tk_wrong")->code(), "auth_invalid");
}

TEST(RateLimiter, DoesNotLookThroughAFullTableForEveryNewcomer) {
  RateLimiter limiter(3);
  domain::directory::Rate const rate{.requests = 1, .window = seconds(60)};
  auto const take = [&](std::string const& who, Duration now) {
    return limiter.take(RateClass::open, who, "open", rate, now).allowed;
  };
  for (char const* who : {"a", "b", "c", "d"}) EXPECT_TRUE(take(who, seconds(1)));
  EXPECT_FALSE(take("e", seconds(1))) << "the newcomers share one window";
  EXPECT_TRUE(take("f", seconds(61))) << "those that are over make room";
  EXPECT_TRUE(limiter.take(RateClass::probe, "e", "probe", rate, seconds(2)).allowed);
}

// --- plans ---------------------------------------------------------------------------------------

domain::directory::Rate per_minute(std::int64_t requests) {
  return {.requests = requests, .window = seconds(60)};
}

TEST(Rates, OfReadsAndWorkFollowThePlanAndHaveALeast) {
  EXPECT_EQ(rate_of(RateClass::submit, per_minute(6)), per_minute(6));
  EXPECT_EQ(rate_of(RateClass::read, per_minute(6)), per_minute(600));
  EXPECT_EQ(rate_of(RateClass::read, per_minute(6'000)), per_minute(60'000));
  EXPECT_EQ(rate_of(RateClass::work, per_minute(6)).requests, 50);
  EXPECT_EQ(rate_of(RateClass::work, per_minute(6'000)).requests, 2'000);
  EXPECT_EQ(rate_of(RateClass::work, per_minute(6'000)).window, seconds(1));
  EXPECT_EQ(rate_of(RateClass::control, per_minute(0)), per_minute(600));
  EXPECT_GT(rate_of(RateClass::work, per_minute(json::kIntegerMax)).requests, 1'000'000);
}

TEST(Plan, OfRateZeroLeavesEverythingButSubmitsPossible) {
  World world;
  world.tenant("none", "10", per_minute(0));
  auto const token = world.key("none", "admin ops:read runs:read runs:write work");
  EXPECT_EQ(world.submit(token, "k")->code(), "rate_limited");
  EXPECT_EQ(world.send("GET", "/v1/runs", token)->answer.status, 200);
  EXPECT_EQ(world.send("POST", "/v1/work/lease", token, R"({"jobs":["j"]})")->answer.status, 200);
  EXPECT_EQ(world
                .send("POST", "/v1/halt", token,
                      R"({"mode":"safe","scope":"tenant:none","reason":"looking"})")
                ->answer.status,
            200);
  EXPECT_EQ(world.send("GET", "/v1/approvals", token)->answer.status, 200);
  auto const raised = world.send("POST", "/v1/admin/plans", token,
                                 R"({"plan":"plan-none","rate":{"requests":5,"window_s":60}})");
  EXPECT_EQ(raised->answer.status, 200) << raised->answer.body;
  EXPECT_NE(world.submit(token, "k")->code(), "rate_limited");
}

TEST(Plan, IsNotUsedUpByReadsOrByWork) {
  World world;
  world.tenant("slow", "10", per_minute(1));
  auto const token = world.key("slow", "runs:read runs:write work");
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(world.send("GET", "/v1/runs", token)->answer.status, 200);
    EXPECT_EQ(world.send("POST", "/v1/work/lease", token, R"({"jobs":["j"]})")->answer.status, 200);
  }
  EXPECT_EQ(world.submit(token, "k")->answer.status, 202);
}

TEST(Plan, SaysOfEachKindOfRequestsItsOwnRate) {
  World world;
  world.tenant("slow", "10", per_minute(6));
  auto const token = world.key("slow", "admin runs:read runs:write work");
  EXPECT_EQ(world.submit(token, "k")->header("ratelimit-policy"), "\"plan-slow\";q=6;w=60");
  EXPECT_EQ(world.send("GET", "/v1/runs", token)->header("ratelimit"),
            "\"plan-slow.read\";r=599;t=60");
  EXPECT_EQ(world.send("POST", "/v1/work/lease", token, "{")->header("ratelimit"),
            "\"plan-slow.work\";r=49;t=1");
  EXPECT_EQ(world.send("POST", "/v1/halt", token, "{")->header("ratelimit"),
            "\"control\";r=599;t=60");
}

TEST(Control, IsOfEachKeySoThatOneCannotKeepAnotherFromStopping) {
  World world;
  auto const runaway = world.key("default", "admin");
  for (int i = 0; i < 600; ++i) world.begin("POST", "/v1/halt", runaway, "{");
  EXPECT_EQ(world.begin("POST", "/v1/halt", runaway, "{")->answer.status, 429);
  EXPECT_EQ(world
                .send("POST", "/v1/halt", world.admin,
                      R"({"mode":"safe","scope":"everything","reason":"enough"})")
                ->answer.status,
            200);
}

// --- keys that end during a wait -----------------------------------------------------------------

std::string const kPoll = R"({"jobs":["j"],"wait_s":20})";

void revoke(World& world, std::string const& token) {
  for (auto const& [digest, entry] : world.loop->directory()->keys) {
    if (digest != sha256(as_bytes(token))) continue;
    auto const answer =
        world.send("POST", "/v1/admin/keys/" + to_text(entry.id) + "/revoke", world.admin);
    ASSERT_EQ(answer->answer.status, 200) << answer->answer.body;
    return;
  }
  FAIL() << "no such key";
}

TEST(LongPoll, GivesNoWorkToAKeyThatWasRevokedMeanwhileAndPassesItOn) {
  World world;
  auto const token = world.key("default", "work");
  auto const revoked = world.send("POST", "/v1/work/lease", token, kPoll);
  auto const other = world.send("POST", "/v1/work/lease", world.admin, kPoll);
  revoke(world, token);
  world.submit(world.admin, "k");
  EXPECT_EQ(revoked->code(), "auth_invalid");
  EXPECT_EQ(revoked->answer.body.find("input"), std::string::npos);
  ASSERT_EQ(other->answers, 1);
  EXPECT_EQ(other->body().find("work")->array()->size(), 1u);
}

TEST(LongPoll, GivesNoWorkToAKeyThatIsRevokedWhileItsLeaseIsDecided) {
  World world;
  world.submit(world.admin, "k");
  auto const token = world.key("default", "work");
  world.executor.held = true;
  auto const sent = world.send("POST", "/v1/work/lease", token, kPoll);
  ASSERT_EQ(world.executor.waiting.size(), 1u) << "the lease is decided and about to be told";
  revoke(world, token);
  world.executor.step();
  EXPECT_EQ(sent->code(), "auth_invalid");
}

TEST(LongPoll, ShowsNoRunToAKeyThatExpiredMeanwhile) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  auto const created = world.send("POST", "/v1/admin/keys", world.admin,
                                  R"({"tenant":"default","scopes":["runs:read"],"expires_at":")" +
                                      to_rfc3339(world.clock.wall() + seconds(10)) + R"("})");
  ASSERT_EQ(created->answer.status, 201) << created->answer.body;
  auto const token = text_at(created->body(), {"token"});
  auto const waiting = world.send("GET", "/v1/runs/" + id + "?wait_s=30", token);
  EXPECT_EQ(waiting->answers, 0);
  world.clock.advance(seconds(11));
  execute(world, "1", "0.0100");
  EXPECT_EQ(waiting->code(), "auth_invalid");
}

// --- shares --------------------------------------------------------------------------------------

TEST(IdlePolls, PastATenantsShareAreAnsweredAtOnceAndLeaveOthersTheirs) {
  World world;
  world.tenant("greedy", "10");
  auto const greedy = world.key("greedy", "work");
  std::size_t kept = 0;
  for (int i = 0; i < 1056; ++i) {
    auto const sent = world.send("POST", "/v1/work/lease", greedy, kPoll);
    kept += sent->answers == 0 ? 1u : 0u;
    if (sent->answers == 0) continue;
    EXPECT_EQ(sent->answer.status, 200);
    EXPECT_EQ(sent->answer.body, R"({"work":[]})");
    EXPECT_EQ(sent->header("retry-after"), "1");
  }
  EXPECT_EQ(kept, Options{}.lease_waiters_max / WorkWaits::kTenantShare);
  auto const victim = world.send("POST", "/v1/work/lease", world.admin, kPoll);
  EXPECT_EQ(victim->answers, 0) << "it is kept waiting, as it asked";
  world.submit(world.admin, "k");
  EXPECT_EQ(victim->body().find("work")->array()->size(), 1u);
}

TEST(Tasks, ThatFindNoPlaceAreRefusedAtOnceAndNeverRunByTheirCaller) {
  World world(open_rate(600));
  world.executor.is_full = [](TaskLane lane) { return lane != TaskLane::lease; };
  auto const page = world.send("GET", "/v1/events", world.admin);
  EXPECT_EQ(page->code(), "overloaded");
  EXPECT_EQ(page->header("retry-after"), "1");
  EXPECT_EQ(ask_from(world, "192.0.2.1", "/ledger/tile/0/000")->answer.status, 503);
}

// Of what is decided nobody is told that nothing was done.
TEST(Tasks, ThatTellWhatIsDecidedAndFindNoPlaceSayThatTheOutcomeIsNotKnown) {
  World world;
  auto const first = world.submit(world.admin, "k");
  world.executor.is_full = [](TaskLane lane) { return lane == TaskLane::lease; };
  auto const full = world.submit(world.admin, "k");
  EXPECT_EQ(full->code(), "outcome_unknown");
  EXPECT_NE(full->header("retry-after"), "");
  world.executor.is_full = [](TaskLane) { return false; };
  EXPECT_EQ(run_id(world.submit(world.admin, "k")), run_id(first));
}

TEST(Tasks, OfAProbeHaveALaneThatNoReadFills) {
  World world;
  world.executor.is_full = [](TaskLane lane) { return lane != TaskLane::probe; };
  EXPECT_EQ(world.send("GET", "/readyz", "")->answer.status, 200);
  EXPECT_EQ(world.send("GET", "/metrics", world.admin)->answer.status, 200);
}

TEST(Tasks, AreOfTheTenantOrOfTheAddressThatAskedForThem) {
  World world(open_rate(600));
  world.send("GET", "/v1/events", world.admin);
  ask_from(world, "192.0.2.1", "/ledger/tile/0/000");
  world.submit(world.admin, "k");
  world.submit(world.admin, "k");  // a replay is told from the ledger
  EXPECT_EQ(world.executor.brought,
            (std::vector<std::string>{"query default", "open 192.0.2.1", "lease default"}));
}

// --- pages ---------------------------------------------------------------------------------------

// Labels of 16 * 256 characters make a submit's event larger than 4 KiB.
std::string large_body() {
  std::string labels;
  for (int i = 0; i < 16; ++i)
    labels += (i ? ",\"l" : "\"l") + std::to_string(i) + "\":\"" + std::string(256, 'x') + "\"";
  return R"({"job":"j","input":1,"max_cost_usd":"0.0001","labels":{)" + labels + "}}";
}

TEST(Pages, OfEventsEndAtTheirBytesAndGoOnWhereTheyEnded) {
  World world;
  for (int i = 0; i < 150; ++i) world.submit(world.admin, std::to_string(i), large_body());
  std::int64_t from = 0;
  std::size_t events = 0;
  for (int page = 0; page < 20 && from >= 0; ++page) {
    auto const sent =
        world.send("GET", "/v1/events?limit=1000&from=" + std::to_string(from), world.admin);
    EXPECT_LT(sent->answer.body.size(), 2 * PageBudget::kShownBytesMax);
    events += sent->body().find("events")->array()->size();
    auto const* next = sent->body().find("next")->integer();
    from = next != nullptr ? *next : -1;
    EXPECT_TRUE(next != nullptr || page > 0) << "one page took all";
  }
  EXPECT_EQ(events, world.log.size());
}

TEST(Pages, OfEventsEndAtWhatTheyLookedAtWhenNothingIsTheCallers) {
  World world;
  world.tenant("looker", "10");
  auto const looker = world.key("looker", "evidence:read");
  auto const from = world.log.size();
  for (int i = 0; i < 300; ++i) world.submit(world.admin, std::to_string(i), large_body());
  auto const sent = world.send("GET", "/v1/events?limit=1000&from=" + std::to_string(from), looker);
  EXPECT_EQ(sent->body().find("events")->array()->size(), 0u);
  auto const* next = sent->body().find("next")->integer();
  ASSERT_NE(next, nullptr);
  EXPECT_LT(static_cast<std::size_t>(*next), from + 300);
}

constexpr char const* kTrace = "0af7651916cd43dd8448eb211c80319c";

TEST(Pages, OfATimelineLookAtABoundedNumberAndGoOn) {
  World world;
  for (int i = 0; i < 300; ++i)
    world.send("POST", "/v1/runs", world.admin, World::kBody,
               {{"idempotency-key", std::to_string(i)},
                {"traceparent", "00-" + std::string(kTrace) + "-b7ad6b7169203331-01"}});
  std::int64_t from = 0;
  std::size_t shown = 0;
  int pages = 0;
  for (bool more = true; more && pages < 9; ++pages) {
    auto const sent = world.send(
        "GET",
        "/v1/timeline/" + std::string(kTrace) + (pages == 0 ? "" : "?from=" + std::to_string(from)),
        world.admin);
    auto const events = sent->body().find("events")->array()->size();
    EXPECT_LE(events, PageBudget::kLookUpsMax);
    EXPECT_LT(sent->answer.body.size(), 2 * PageBudget::kShownBytesMax);
    shown += events;
    more = *sent->body().find("truncated")->boolean();
    auto const* next = sent->body().find("next")->integer();
    EXPECT_EQ(next != nullptr, more);
    if (more) from = *next;
  }
  EXPECT_EQ(shown, 300u);
  EXPECT_GT(pages, 1);
}

TEST(Pages, OfRunsThatMatchNothingLookAtABoundedNumberAndGoOn) {
  World world;
  for (int i = 0; i < 450; ++i) world.submit(world.admin, std::to_string(i));
  std::string cursor;
  int pages = 0;
  for (; pages < 9 && cursor != "null"; ++pages) {
    auto const sent = world.send(
        "GET", "/v1/runs?status=failed" + (cursor.empty() ? "" : "&cursor=" + cursor), world.admin);
    EXPECT_EQ(text_at(sent->body(), {"runs"}), "[]");
    cursor = text_at(sent->body(), {"next"});
  }
  EXPECT_EQ(pages, 3);
}

// --- the tree ------------------------------------------------------------------------------------

TEST(Tree, IsReadSliceBySliceAndTilesAreRefusedMeanwhile) {
  auto options = open_rate(600);
  int slices = 0;
  options.hash_tile = [&](std::string_view) -> Result<Bytes> {
    if (slices < 3) return fail("not_ready", "the tree is being read");
    return Bytes(32, 7);
  };
  options.read_tree = [&] { return ++slices < 3; };
  World world(std::move(options));
  world.executor.held = true;
  auto const first = ask_from(world, "192.0.2.1", "/ledger/tile/1/000");
  auto const second = ask_from(world, "192.0.2.2", "/ledger/tile/1/000");
  world.executor.step();
  EXPECT_EQ(first->answer.status, 503);
  EXPECT_EQ(first->header("retry-after"), "1");
  EXPECT_EQ(slices, 1);
  world.executor.step();  // the second reader does not begin to read once more
  EXPECT_EQ(second->answer.status, 503);
  EXPECT_EQ(slices, 1);
  while (world.executor.step()) continue;
  EXPECT_EQ(slices, 3);
  auto const later = ask_from(world, "192.0.2.1", "/ledger/tile/1/000");
  world.executor.step();
  EXPECT_EQ(later->answer.status, 200);
}

}  // namespace
}  // namespace tally::api
