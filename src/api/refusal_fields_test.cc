// What a refusal tells a program: whether to try again, when, and who has to act.

#include <gtest/gtest.h>

#include "api/test_world.h"
#include "wire/problem_catalog.h"

namespace tally::api {
namespace {

// No answer says two things: a time to wait is for what time mends.
void expect_consistent(SentPtr const& sent) {
  auto const kind = wire::problem_kind(sent->code());
  auto const* after = sent->body().find("retry_after_s");
  bool const later = retry_of(kind) == wire::Retry::later;
  EXPECT_EQ(after != nullptr, later) << sent->answer.body;
  EXPECT_EQ(sent->header("retry-after"), later ? json::write(*after) : "") << sent->answer.body;
  EXPECT_EQ(sent->header("x-should-retry"), retry_of(kind) == wire::Retry::never ? "false" : "")
      << sent->answer.body;
}

std::string body_of(std::string const& max_cost) {
  return R"({"job":"j","input":1,"max_cost_usd":")" + max_cost + R"("})";
}

TEST(Refusals, SayByOneTableWhetherToTryAgain) {
  World world;
  world.tenant("poor", "0.05", domain::directory::Rate{.requests = 3, .window = seconds(60)});
  auto const poor = world.key("poor", "runs:write runs:read");
  auto const spent = world.submit(poor, "k", body_of("1.0"));
  EXPECT_EQ(spent->code(), "budget_exceeded");
  EXPECT_EQ(world.submit(poor, "l", body_of("0.04"))->answer.status, 202);
  auto const held = world.submit(poor, "m", body_of("0.05"));
  EXPECT_EQ(held->code(), "budget_held");
  auto const limited = world.submit(poor, "n", body_of("0.05"));
  EXPECT_EQ(limited->code(), "rate_limited");
  auto const unknown =
      world.submit(world.admin, "o", R"({"job":"x","input":1,"max_cost_usd":"1"})");
  EXPECT_EQ(unknown->code(), "unknown_job");
  auto const missing = world.send("GET", "/nothing", world.admin);
  auto const accepted = world.submit(world.admin, "p");
  auto const early = world.send("GET", "/v1/runs/" + run_id(accepted) + "/result", world.admin);
  EXPECT_EQ(early->code(), "result_not_ready");
  for (auto const& sent : {spent, held, limited, unknown, missing, early}) expect_consistent(sent);
  EXPECT_EQ(*limited->body().find("retry_after_s")->integer(), 60);
}

TEST(Refusals, OfAServerThatIsNotReadyOrHasNoPlaceSayWhenToTryAgain) {
  Options options;
  options.probes = {{"log", []() -> Result<void> { return fail("io_error", "cannot be read"); }}};
  World world(std::move(options));
  expect_consistent(world.send("GET", "/readyz", ""));
  auto const full = world.api->refuse(ports::HttpFault::too_many, 503, "too many connections");
  auto const document = json::parse(full.body);
  EXPECT_EQ(*document->find("retry_after_s")->integer(), 1);
  bool said = false;
  for (auto const& [name, value] : full.headers)
    said = said || (name == "retry-after" && value == "1");
  EXPECT_TRUE(said);
}

TEST(Refusals, OfAStandstillSayWhoHasToActAndNoTime) {
  World world;
  world.tenant("shop", "10");
  auto const product = world.key("shop", "runs:write");
  world.send("POST", "/v1/halt", world.admin,
             R"({"mode":"safe","scope":"tenant:shop","reason":"the bill looks wrong"})");
  auto const refused = world.submit(product, "k");
  EXPECT_EQ(refused->answer.status, 503);
  EXPECT_EQ(refused->code(), "halted");
  expect_consistent(refused);
  EXPECT_EQ(text_at(refused->body(), {"scope"}), "tenant:shop");
  EXPECT_EQ(text_at(refused->body(), {"mode"}), "safe");
  EXPECT_EQ(text_at(refused->body(), {"reason"}), "the bill looks wrong");
  EXPECT_EQ(text_at(refused->body(), {"ends_by_itself"}), "false");
  EXPECT_NE(refused->answer.body.find("tenant:shop is in safe mode since"), std::string::npos);
}

TEST(Refusals, OfEverythingHaltedSayWhyAsWell) {
  World world;
  world.send("POST", "/v1/halt", world.admin, R"({"mode":"halt","reason":"a drill"})");
  auto const refused = world.submit(world.admin, "k");
  EXPECT_EQ(refused->code(), "halted");
  EXPECT_EQ(text_at(refused->body(), {"scope"}), "everything");
  EXPECT_EQ(text_at(refused->body(), {"reason"}), "a drill");
  expect_consistent(refused);
}

// Out of halt by way of safe mode, which stands for 48 h: the answers say so, and until when.
TEST(Refusals, AfterAHaltSayWhichModeMayComeNextAndUntilWhenNoneMay) {
  World world;
  auto const set = [&](char const* mode) {
    return world.send("POST", "/v1/halt", world.admin,
                      std::string(R"({"mode":")") + mode + R"(","reason":"a drill"})");
  };
  set("halt");
  auto const halted = world.submit(world.admin, "k");
  EXPECT_EQ(text_at(halted->body(), {"next_mode"}), "safe");
  EXPECT_NE(text_at(halted->body(), {"detail"}).find("which then stands for 48 h"),
            std::string::npos)
      << halted->answer.body;
  EXPECT_NE(set("normal")->answer.body.find("48 h"), std::string::npos);
  EXPECT_EQ(set("safe")->answer.status, 200);
  auto const safe = world.submit(world.admin, "k");
  EXPECT_EQ(text_at(safe->body(), {"next_mode"}), "(absent)");
  auto const until = text_at(safe->body(), {"safe_until"});
  EXPECT_NE(text_at(safe->body(), {"detail"}).find("normal mode not before " + until),
            std::string::npos)
      << safe->answer.body;
  auto const report = world.send("GET", "/v1/halt", world.admin)->body();
  EXPECT_EQ(text_at(report.find("scopes")->array()->at(0), {"safe_until"}), until);
  world.clock.advance(seconds(172'800));
  world.pump();
  EXPECT_EQ(text_at(world.submit(world.admin, "k")->body(), {"next_mode"}), "normal");
}

TEST(TheMode, IsReadByTheProductKeyThatItStopsAndNothingOfOthers) {
  World world;
  world.tenant("shop", "10");
  world.tenant("other", "10");
  auto const product = world.key("shop", "runs:write");
  auto const run = run_id(world.submit(world.key("other", "runs:write"), "k"));
  for (std::string const& scope :
       std::vector<std::string>{"tenant:shop", "tenant:other", "run:" + run, "job:j"}) {
    auto const set = world.send(
        "POST", "/v1/halt", world.admin,
        R"({"mode":"safe","scope":")" + scope + R"(","reason":"because of )" + scope + "\"}");
    EXPECT_EQ(set->answer.status, 200) << set->answer.body;
  }
  auto const seen = world.send("GET", "/v1/halt", product);
  ASSERT_EQ(seen->answer.status, 200) << seen->answer.body;
  EXPECT_NE(seen->answer.body.find("because of tenant:shop"), std::string::npos);
  EXPECT_NE(seen->answer.body.find("because of job:j"), std::string::npos);
  EXPECT_EQ(seen->answer.body.find("because of tenant:other"), std::string::npos);
  EXPECT_EQ(seen->answer.body.find(run), std::string::npos);
  EXPECT_NE(world.send("GET", "/v1/halt", world.admin)->answer.body.find(run), std::string::npos);
  EXPECT_EQ(world.send("GET", "/v1/halt", world.key("shop", "work"))->answer.status, 403);
}

TEST(ProblemTypes, AreAddressesThatTheCallerCanOpen) {
  World world;
  auto const type_for = [&](std::string const& host) {
    auto const sent = world.send("GET", "/nothing", "", "", {{"host", host}});
    return text_at(sent->body(), {"type"});
  };
  EXPECT_EQ(type_for("tally.example:7070"), "http://tally.example:7070/problems/not_found");
  EXPECT_EQ(type_for("[::1]:7070"), "http://[::1]:7070/problems/not_found");
  for (std::string bad : {"", "a/b", "a\"b", "user@host", "a b", "a?b"})
    EXPECT_EQ(type_for(bad), "/problems/not_found") << bad;
  Options options;
  options.problem_types = "https://tally.example/problems/";
  World fixed(std::move(options));
  EXPECT_EQ(text_at(fixed.send("GET", "/nothing", "", "", {{"host", "evil"}})->body(), {"type"}),
            "https://tally.example/problems/not_found");
}

TEST(ProblemPages, AreJsonWhereAcceptAsksForIt) {
  World world;
  for (auto const& kind : wire::problem_kinds()) {
    auto const sent = world.send("GET", "/problems/" + std::string(kind.code), "", "",
                                 {{"accept", "application/json"}, {"host", "h"}});
    EXPECT_EQ(sent->answer.status, 200) << kind.code;
    EXPECT_EQ(sent->header("content-type"), "application/json");
    EXPECT_EQ(text_at(sent->body(), {"code"}), kind.code);
    EXPECT_EQ(text_at(sent->body(), {"remedy"}), kind.remedy);
    EXPECT_EQ(text_at(sent->body(), {"type"}), "http://h/problems/" + std::string(kind.code));
  }
  auto const all = world.send("GET", "/problems", "", "", {{"accept", "application/problem+json"}});
  EXPECT_EQ(all->body().find("problems")->array()->size(), wire::problem_kinds().size());
  std::string const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
  EXPECT_TRUE(world.send("GET", "/problems/halted", "", "", {{"accept", browser}})
                  ->header("content-type")
                  .starts_with("text/html"));
  EXPECT_EQ(world.send("GET", "/problems/halted", "", "", {{"accept", "text/csv"}})->answer.status,
            406);
}

}  // namespace
}  // namespace tally::api
