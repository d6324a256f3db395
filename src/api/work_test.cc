// What becomes of a run: reading, listing, cancelling, executing.

#include <gtest/gtest.h>

#include "api/test_world.h"

namespace tally::api {
namespace {

TEST(Run, ShowsItsWayToTheResult) {
  World world;
  auto const id = run_id(
      world.submit(world.admin, "k",
                   R"({"job":"j","input":1,"max_cost_usd":"0.0500","labels":{"team":"blue"}})"));
  auto const queued = world.send("GET", "/v1/runs/" + id, world.admin);
  EXPECT_EQ(text_at(queued->body(), {"status"}), "queued");
  EXPECT_EQ(text_at(queued->body(), {"labels", "team"}), "blue");
  EXPECT_EQ(text_at(queued->body(), {"receipt"}), "null");
  EXPECT_NE(queued->header("retry-after"), "");
  EXPECT_EQ(world.send("GET", "/v1/runs/" + id + "/result", world.admin)->code(),
            "result_not_ready");
  execute(world, R"({"z":1,"a":"\u00e9"})", "0.0010");
  auto const run = world.send("GET", "/v1/runs/" + id, world.admin)->body();
  std::string const bytes = R"({"z":1,"a":"\u00e9"})";  // as the worker wrote them
  std::string const ref = "sha256:" + sha256(as_bytes(bytes)).hex();
  EXPECT_EQ(text_at(run, {"status"}), "succeeded");
  EXPECT_EQ(text_at(run, {"attempts"}), "1");
  EXPECT_EQ(text_at(run, {"receipt"}),
            R"({"charged_usd":"0.0010","released_usd":"0.0490","reason":"completed"})");
  EXPECT_EQ(text_at(run, {"result"}),
            R"({"ref":")" + ref + R"(","bytes":)" + std::to_string(bytes.size()) + "}");
  EXPECT_EQ(text_at(run, {"error"}), "null");
  auto const result = world.send("GET", "/v1/runs/" + id + "/result", world.admin);
  EXPECT_EQ(result->answer.body, bytes);
  EXPECT_EQ(result->header("etag"), "\"" + ref + "\"");
  auto const same = world.send("GET", "/v1/runs/" + id + "/result", world.admin, "",
                               {{"if-none-match", "\"" + ref + "\""}});
  EXPECT_EQ(same->answer.status, 304);
}

TEST(Run, HoldsTheAnswerUntilItEnds) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  auto const waiting = world.begin("GET", "/v1/runs/" + id + "?wait_s=30", world.admin);
  world.pump();
  EXPECT_EQ(waiting->answers, 0);
  execute(world, "1", "0.0100");
  EXPECT_EQ(text_at(waiting->body(), {"status"}), "succeeded");
}

TEST(Run, SaysThatAnErasedResultIsGone) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  execute(world, "1", "0.0100");
  world.vault.erased = true;
  EXPECT_EQ(world.send("GET", "/v1/runs/" + id + "/result", world.admin)->answer.status, 410);
  auto const run = world.send("GET", "/v1/runs/" + id, world.admin);
  EXPECT_EQ(run->answer.status, 200);
  EXPECT_EQ(text_at(run->body(), {"result", "ref"}), "null");
}

TEST(Run, IsGoneOncePastItsRetention) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  execute(world, "1", "0.0010");
  domain::Settings const settings;
  world.clock.advance(settings.period(domain::setting::kRunRetention) - seconds(1));
  EXPECT_EQ(world.send("GET", "/v1/runs/" + id, world.admin)->answer.status, 200);
  world.clock.advance(seconds(2));
  for (auto const* path : {"", "/result"}) {
    auto const sent = world.send("GET", "/v1/runs/" + id + path, world.admin);
    EXPECT_EQ(sent->answer.status, 410);
    EXPECT_EQ(sent->code(), "run_gone");
  }
  EXPECT_EQ(text_at(world.send("GET", "/v1/runs", world.admin)->body(), {"runs"}), "[]");
  EXPECT_NE(world.send("GET", "/v1/events?limit=1000", world.admin)->answer.body.find(id),
            std::string::npos);
}

TEST(Run, IsCancelledOnceAndNotAfterItsEnd) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  auto const cancelled = world.send("POST", "/v1/runs/" + id + "/cancel", world.admin);
  EXPECT_EQ(cancelled->answer.status, 200) << cancelled->answer.body;
  EXPECT_EQ(text_at(cancelled->body(), {"status"}), "cancelled");
  EXPECT_EQ(world.send("POST", "/v1/runs/" + id + "/cancel", world.admin)->answer.status, 200);
  auto const second = run_id(world.submit(world.admin, "k2"));
  execute(world, "1", "0.0100");
  EXPECT_EQ(world.send("POST", "/v1/runs/" + second + "/cancel", world.admin)->code(), "conflict");
}

TEST(Run, IsAnsweredLikeAnyOtherAboutItsCancellationOnceItLeftMemory) {
  World world;
  auto const cancelled = run_id(world.submit(world.admin, "k"));
  world.send("POST", "/v1/runs/" + cancelled + "/cancel", world.admin);
  auto const ended = run_id(world.submit(world.admin, "k2"));
  execute(world, "1", "0.0100");
  world.clock.advance(domain::Settings{}.period(domain::setting::kArchiveAfter) + seconds(11));
  world.send("GET", "/v1/budget", world.admin);
  ASSERT_NE(world.log.all_leaves().find("archive.advanced"), std::string::npos);
  auto const again = world.send("POST", "/v1/runs/" + cancelled + "/cancel", world.admin);
  EXPECT_EQ(text_at(again->body(), {"status"}), "cancelled");
  EXPECT_EQ(world.send("POST", "/v1/runs/" + ended + "/cancel", world.admin)->code(), "conflict");
}

TEST(RunList, PagesNewestFirstAndFiltersByStatus) {
  World world;
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i)
    ids.push_back(run_id(world.submit(world.admin, "k" + std::to_string(i))));
  world.send("POST", "/v1/runs/" + ids[1] + "/cancel", world.admin);
  std::vector<std::string> listed;
  std::string cursor;
  for (int page = 0; page < 9 && cursor != "null"; ++page) {
    auto const sent = world.send(
        "GET", "/v1/runs?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor), world.admin);
    auto const document = sent->body();
    for (auto const& run : *document.find("runs")->array())
      listed.push_back(text_at(run, {"run_id"}));
    cursor = text_at(document, {"next"});
  }
  EXPECT_EQ(listed, (std::vector<std::string>{ids.rbegin(), ids.rend()}));
  auto const cancelled = world.send("GET", "/v1/runs?status=cancelled", world.admin)->body();
  EXPECT_EQ(cancelled.find("runs")->array()->size(), 1u);
  EXPECT_EQ(world.send("GET", "/v1/runs?status=lost", world.admin)->answer.status, 422);
  EXPECT_EQ(world.send("GET", "/v1/runs?limit=201", world.admin)->answer.status, 422);
}

TEST(Work, IsLeasedInTheFixedShape) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  auto const sent =
      world.send("POST", "/v1/work/lease", world.admin, R"({"jobs":["j"],"max":10,"wait_s":20})");
  auto const document = sent->body();
  auto const& item = document.find("work")->array()->at(0);
  for (auto const* name :
       {"lease_id", "fence", "run_id", "job", "input", "timeout_s", "attempt", "traceparent",
        "expires_at", "remaining_ms", "run_ends_at", "cost_limit_at"})
    EXPECT_NE(item.find(name), nullptr) << name;
  EXPECT_EQ(text_at(item, {"run_id"}), id);
  EXPECT_EQ(json::write(*item.find("input")), R"({"a":2,"b":1})");
  EXPECT_EQ(text_at(item, {"timeout_s"}), "30");
  EXPECT_EQ(text_at(item, {"remaining_ms"}), "30000");
  EXPECT_EQ(text_at(item, {"cost_limit_at"}), "null");
}

TEST(Work, IsWaitedForAndHandedOutWhenItComes) {
  World world;
  auto const waiting =
      world.send("POST", "/v1/work/lease", world.admin, R"({"jobs":["j"],"wait_s":20})");
  EXPECT_EQ(waiting->answers, 0);
  auto const id = run_id(world.submit(world.admin, "k"));
  ASSERT_EQ(waiting->answers, 1);
  auto const document = waiting->body();
  EXPECT_EQ(text_at(document.find("work")->array()->at(0), {"run_id"}), id);
}

TEST(Work, AnswersAnEmptyListWhenPatienceEnds) {
  World world;
  auto const waiting =
      world.send("POST", "/v1/work/lease", world.admin, R"({"jobs":["j"],"wait_s":20})");
  world.clock.advance(seconds(19));
  world.api->tick();
  world.pump();
  EXPECT_EQ(waiting->answers, 0);
  world.clock.advance(seconds(1));
  world.api->tick();
  world.pump();
  EXPECT_EQ(waiting->answer.body, R"({"work":[]})");
}

TEST(Work, GoesToTheNextWhenAWaiterHungUp) {
  World world;
  std::string const body = R"({"jobs":["j"],"wait_s":20})";
  auto const gone = world.send("POST", "/v1/work/lease", world.admin, body);
  auto const there = world.send("POST", "/v1/work/lease", world.admin, body);
  gone->hung_up = true;
  world.submit(world.admin, "k");
  // It may have ended its own side only, and still read.
  EXPECT_EQ(gone->answer.status, 200);
  EXPECT_EQ(gone->body().find("work")->array()->size(), 0u);
  EXPECT_EQ(there->body().find("work")->array()->size(), 1u);
}

TEST(Work, CountsPollsThatHungUpAndAnswersEachOnce) {
  World world;
  std::string const body = R"({"jobs":["j"],"wait_s":20})";
  std::vector<SentPtr> gone;
  for (int i = 0; i < 3; ++i)
    gone.push_back(world.send("POST", "/v1/work/lease", world.admin, body));
  for (auto const& poll : gone) poll->hung_up = true;
  world.api->tick();
  world.api->tick();
  for (auto const& poll : gone) EXPECT_EQ(poll->answers, 1);
  EXPECT_NE(world.send("GET", "/metrics", world.admin)
                ->answer.body.find("\ntally_polls_hung_up_total 3\n"),
            std::string::npos);
}

TEST(Work, AnswersARepeatedCompletionAsTheFirst) {
  World world;
  world.submit(world.admin, "k");
  auto const lease = lease_one(world);
  world.send("POST", lease.path("start"), world.admin, "{\"fence\":" + lease.fence + "}");
  std::string const report =
      "{\"fence\":" + lease.fence + ",\"result\":{\"a\":1},\"cost_usd\":\"0.0010\"}";
  auto const first = world.send("POST", lease.path("complete"), world.admin, report);
  auto const again = world.send("POST", lease.path("complete"), world.admin, report);
  EXPECT_EQ(first->answer.status, 200) << first->answer.body;
  EXPECT_EQ(first->answer.body, again->answer.body);
}

// The worker's answer was lost with the server: all that the next one has is the ledger.
TEST(Work, AnswersARepeatedReportAlsoWhenAnotherServerHandedOutTheLease) {
  World world;
  world.submit(world.admin, "k");
  auto const lease = lease_one(world);
  auto const send_twice = [&](char const* what, std::string const& body) {
    auto const first = world.send("POST", lease.path(what), world.admin, body);
    world.api = std::make_unique<Api>(*world.loop, world.reader, world.clock, world.entropy,
                                      world.vault, world.blobs, world.executor, Options{});
    auto const again = world.send("POST", lease.path(what), world.admin, body);
    EXPECT_EQ(first->answer.status, 200) << first->answer.body;
    EXPECT_EQ(again->answer.status, 200) << again->answer.body;
    EXPECT_EQ(first->answer.body, again->answer.body);
  };
  std::string const fence = "{\"fence\":" + lease.fence;
  send_twice("start", fence + "}");
  send_twice("complete", fence + ",\"result\":{\"a\":1},\"cost_usd\":\"0.0010\"}");
}

TEST(Work, IsLostWithAWrongFence) {
  World world;
  world.submit(world.admin, "k");
  auto const lease = lease_one(world);
  for (auto const* what : {"start", "heartbeat"})
    EXPECT_EQ(world.send("POST", lease.path(what), world.admin, R"({"fence":99})")->code(),
              "lease_lost");
  EXPECT_EQ(world
                .send("POST", lease.path("complete"), world.admin,
                      R"({"fence":99,"result":1,"cost_usd":"1"})")
                ->answer.status,
            409);
  EXPECT_EQ(world.send("POST", "/v1/work/nonsense/start", world.admin, R"({"fence":1})")->code(),
            "lease_lost");
}

TEST(Work, MayReportMoreThanItsHoldAndTheRestIsOwed) {
  World world;  // 100 USD
  auto const id = run_id(world.submit(world.admin, "k"));
  execute(world, "1", "500.0000001");
  auto const run = world.send("GET", "/v1/runs/" + id, world.admin)->body();
  EXPECT_EQ(text_at(run, {"status"}), "succeeded");
  EXPECT_EQ(text_at(run, {"cost"}),
            R"({"max_usd":"0.0500","held_usd":"0.0000","charged_usd":"0.0500",)"
            R"("released_usd":"0.0000","overrun_usd":"499.950001","unaccounted_usd":"0.0000"})");
  EXPECT_EQ(text_at(run, {"receipt"}),
            R"({"charged_usd":"0.0500","released_usd":"0.0000","reason":"completed",)"
            R"("overrun_usd":"499.950001","paid_usd":"99.9500","owed_usd":"400.000001",)"
            R"("cost_rounded_up":true})");
  auto const budget = world.send("GET", "/v1/budget", world.admin)->body();
  EXPECT_EQ(text_at(budget, {"available_usd"}), "0.0000");
  EXPECT_EQ(text_at(budget, {"spent_usd"}), "100.0000");
  EXPECT_EQ(text_at(budget, {"overrun_usd"}), "400.000001");
  auto const refused = world.submit(world.admin, "next");
  EXPECT_EQ(refused->answer.status, 402);
  EXPECT_EQ(refused->code(), "budget_exceeded");
  EXPECT_EQ(text_at(refused->body(), {"owed_usd"}), "400.000001");
  auto const again = world.submit(world.admin, "next");
  EXPECT_EQ(again->answer.status, 402);
  EXPECT_EQ(text_at(again->body(), {"owed_usd"}), "400.000001");
  auto const granted = world.send("POST", "/v1/admin/tenants/default/grants", world.admin,
                                  R"({"amount_usd":"401"})");
  EXPECT_EQ(text_at(granted->body(), {"available_usd"}), "0.999999");
  EXPECT_EQ(text_at(granted->body(), {"overrun_usd"}), "0.0000");
  EXPECT_EQ(world.submit(world.admin, "after")->answer.status, 202);
}

TEST(Work, ThatIsTooLateHasItsCostWrittenDownAndNoMore) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  auto const lease = lease_one(world);
  world.send("POST", lease.path("start"), world.admin, "{\"fence\":" + lease.fence + "}");
  world.clock.advance(seconds(200));
  world.pump();
  std::string const report =
      "{\"fence\":" + lease.fence + ",\"result\":{\"a\":1},\"cost_usd\":\"0.0021\"}";
  for (int i = 0; i < 2; ++i) {
    auto const late = world.send("POST", lease.path("complete"), world.admin, report);
    EXPECT_EQ(late->answer.status, 409);
    EXPECT_EQ(late->code(), "lease_lost");
  }
  auto const run = world.send("GET", "/v1/runs/" + id, world.admin)->body();
  EXPECT_EQ(text_at(run, {"cost", "unaccounted_usd"}), "0.0021");
  EXPECT_EQ(text_at(run, {"cost", "charged_usd"}), "0.0000");
}

TEST(Plan, SaysWhatACostAboveAHoldDoes) {
  World world;
  auto const set = world.send(
      "POST", "/v1/admin/plans", world.admin,
      R"({"plan":"unlimited","rate":null,"overrun":"ignore","overrun_believed_max_usd":"1.5"})");
  EXPECT_EQ(set->answer.status, 200) << set->answer.body;
  auto const plans = world.send("GET", "/v1/admin/plans", world.admin)->answer.body;
  EXPECT_NE(plans.find(R"("overrun":"ignore","overrun_believed_max_usd":"1.5000")"),
            std::string::npos)
      << plans;
  auto const wrong = world.send("POST", "/v1/admin/plans", world.admin,
                                R"({"plan":"unlimited","rate":null,"overrun":"never"})");
  EXPECT_EQ(wrong->answer.status, 422);
}

TEST(Submit, OfAReportedPriceMayNotCostNothingAtMost) {
  World world;
  auto const refused =
      world.submit(world.admin, "k", R"({"job":"j","input":1,"max_cost_usd":"0"})");
  EXPECT_EQ(refused->answer.status, 422);
  EXPECT_EQ(*refused->body().find("errors")->array()->front().find("pointer")->string(),
            "/max_cost_usd");
}

TEST(Work, LearnsOfACancellationAtItsHeartbeat) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  auto const lease = lease_one(world);
  auto const fence = "{\"fence\":" + lease.fence + "}";
  world.send("POST", lease.path("start"), world.admin, fence);
  EXPECT_EQ(world.send("POST", lease.path("heartbeat"), world.admin, fence)->answer.body,
            R"({"action":"continue","reason":null,"remaining_ms":30000})");
  world.send("POST", "/v1/runs/" + id + "/cancel", world.admin);
  EXPECT_EQ(world.send("POST", lease.path("heartbeat"), world.admin, fence)->answer.body,
            R"({"action":"stop","reason":"cancelled","remaining_ms":30000})");
}

TEST(Work, ReportsAFailureWithItsCode) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  auto const lease = lease_one(world);
  world.send("POST", lease.path("start"), world.admin, "{\"fence\":" + lease.fence + "}");
  world.send(
      "POST", lease.path("fail"), world.admin,
      "{\"fence\":" + lease.fence + R"(,"code":"exit_nonzero","detail":"status 3","retry":false})");
  auto const run = world.send("GET", "/v1/runs/" + id, world.admin)->body();
  EXPECT_EQ(text_at(run, {"status"}), "failed");
  EXPECT_EQ(text_at(run, {"error"}),
            R"({"code":"exit_nonzero","detail":"status 3","stderr_tail":null})");
  EXPECT_EQ(world.send("GET", "/v1/runs/" + id + "/result", world.admin)->code(), "no_result");
}

}  // namespace
}  // namespace tally::api
