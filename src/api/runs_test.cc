// Runs over the real loop: the fixed shapes, keys, money, races.

#include <gtest/gtest.h>

#include <set>

#include "api/test_world.h"

namespace tally::api {
namespace {

TEST(Submit, AnswersInTheFixedShape) {
  World world;
  auto const sent =
      world.begin("POST", "/v1/runs", world.admin, World::kBody,
                  {{"idempotency-key", "k1"},
                   {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}});
  EXPECT_EQ(sent->answers, 0) << "nothing is said before it is durable";
  world.pump();
  ASSERT_EQ(sent->answer.status, 202) << sent->answer.body;
  auto const id = run_id(sent);
  auto const entry = world.reader.entry(static_cast<std::int64_t>(world.log.size()) - 1);
  EXPECT_EQ(sent->answer.body,
            R"({"run_id":")" + id +
                R"(","status":"queued","job":"j","cost":{"held_usd":"0.0500"},)"
                R"("budget":{"available_usd":"99.9500","held_usd":"0.0500","spent_usd":"0.0000"},)"
                R"("links":{"self":"/v1/runs/)" +
                id + R"(","result":"/v1/runs/)" + id +
                R"(/result"},"evidence":{"ledger":"ldg_0000000000000001","seq":)" +
                std::to_string(entry->recorded.header.seq) + R"(,"tenant_seq":)" +
                std::to_string(entry->recorded.header.tenant_seq) + R"(,"leaf_sha256":")" +
                entry->leaf_hash.hex() +
                R"("},"correlation_id":"0af7651916cd43dd8448eb211c80319c",)"
                R"("idempotent_replay":false})");
  EXPECT_TRUE(sent->header("traceparent").starts_with("00-0af7651916cd43dd8448eb211c80319c-"));
  EXPECT_EQ(sent->header("location"), "/v1/runs/" + id);
}

TEST(Submit, NeedsAnIdempotencyKey) {
  World world;
  auto const sent = world.send("POST", "/v1/runs", world.admin, World::kBody);
  EXPECT_EQ(sent->answer.status, 400);
  EXPECT_EQ(sent->code(), "idempotency_key_missing");
  EXPECT_EQ(world.submit(world.admin, std::string(256, 'k'))->answer.status, 400);
}

TEST(Submit, ReplaysTheFirstAnswerForTheSameKeyQuotedOrBare) {
  World world;
  auto const first = world.submit(world.admin, "abc");
  auto const again = world.submit(world.admin, "\"abc\"");
  EXPECT_EQ(again->answer.status, 202);
  EXPECT_EQ(again->header("idempotent-replayed"), "true");
  EXPECT_EQ(first->header("idempotent-replayed"), "");
  auto a = *first->body().object();
  auto b = *again->body().object();
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    bool const volatile_member =
        a[i].first == "correlation_id" || a[i].first == "idempotent_replay";
    EXPECT_EQ(a[i] == b[i], !volatile_member) << a[i].first;
  }
}

TEST(Submit, SaysWhenAKeyIsForgottenAndKeepsToIt) {
  World world;
  auto const first = world.submit(world.admin, "k");
  auto const expires = from_rfc3339(first->header("idempotency-key-expires"));
  ASSERT_TRUE(expires);
  EXPECT_EQ(*expires - world.clock.wall(), hours(24 * 7));
  world.send("POST", "/v1/runs/" + run_id(first) + "/cancel", world.admin);
  world.clock.advance(hours(24 * 7) - milliseconds(1));
  auto const last = world.submit(world.admin, "k");
  EXPECT_EQ(last->header("idempotent-replayed"), "true");
  EXPECT_EQ(last->header("idempotency-key-expires"), first->header("idempotency-key-expires"));
  world.clock.advance(milliseconds(2));
  auto const fresh = world.submit(world.admin, "k");
  EXPECT_EQ(fresh->answer.status, 202);
  EXPECT_EQ(fresh->header("idempotent-replayed"), "");
  EXPECT_NE(run_id(fresh), run_id(first));
}

TEST(Submit, TakesBodiesThatDifferOnlyInFormForTheSame) {
  World world;
  auto const first = world.submit(world.admin, "k",
                                  R"({"job":"j","input":{"a":1,"b":2.0},)"
                                  R"("max_cost_usd":"1"})");
  auto const again = world.submit(world.admin, "k",
                                  R"( {"max_cost_usd":"1.0000", "input":)"
                                  R"({"b":2.0,"a":1},"job":"j"} )");
  EXPECT_EQ(run_id(first), run_id(again));
  auto const other =
      world.submit(world.admin, "k", R"({"job":"j","input":{"a":1,"b":3},"max_cost_usd":"1"})");
  EXPECT_EQ(other->answer.status, 422);
  EXPECT_EQ(other->code(), "idempotency_key_reused");
}

TEST(Submit, RefusesAKnownKeyWhicheverMemberOfTheBodyDiffers) {
  World world;
  world.submit(world.admin, "k", R"({"job":"j","input":{"a":1},"max_cost_usd":"1"})");
  for (auto other : {R"({"job":"j","input":{"a":2},"max_cost_usd":"1"})",
                     R"({"job":"j","input":{"a":1},"max_cost_usd":"2"})",
                     R"({"job":"j2","input":{"a":1},"max_cost_usd":"1"})",
                     R"({"job":"j","input":{"a":1},"max_cost_usd":"1","timeout_s":5})",
                     R"({"job":"j","input":{"a":1},"max_cost_usd":"1","labels":{"b":"c"}})"})
    EXPECT_EQ(world.submit(world.admin, "k", other)->code(), "idempotency_key_reused") << other;
}

TEST(Submit, ScopesKeysToTheTenant) {
  World world;
  world.tenant("other", "10");
  auto const token = world.key("other", "runs:write");
  auto const mine = world.submit(world.admin, "same");
  auto const theirs = world.submit(token, "same");
  EXPECT_EQ(theirs->answer.status, 202) << theirs->answer.body;
  EXPECT_NE(run_id(mine), run_id(theirs));
}

TEST(Submit, SaysEverythingThatIsWrongByPointer) {
  World world;
  auto const sent = world.submit(
      world.admin, "k", R"({"job":"j","inptu":1,"max_cost_usd":"0.1234567","timeout_s":"9"})");
  EXPECT_EQ(sent->answer.status, 422);
  EXPECT_EQ(sent->header("content-type"), "application/problem+json");
  std::set<std::string> pointers;
  auto const document = sent->body();
  for (auto const& error : *document.find("errors")->array())
    pointers.insert(text_at(error, {"pointer"}));
  EXPECT_EQ(pointers, (std::set<std::string>{"/input", "/inptu", "/max_cost_usd", "/timeout_s"}));
  EXPECT_EQ(text_at(document, {"type"}), "/problems/validation_error");
}

TEST(Submit, ConsumesNoKeyWhenTheRequestIsBad) {
  World world;
  EXPECT_EQ(world.submit(world.admin, "k", "{")->code(), "malformed");
  EXPECT_EQ(world.submit(world.admin, "k", "{}")->code(), "validation_error");
  EXPECT_EQ(world.submit(world.admin, "k", R"({"job":"no","input":1,"max_cost_usd":"1"})")->code(),
            "unknown_job");
  EXPECT_EQ(world.submit(world.admin, "k")->answer.status, 202);
}

TEST(Submit, RefusesAMisspeltDryRun) {
  World world;
  auto const sent = world.send("POST", "/v1/runs?dryrun=true", world.admin, World::kBody,
                               {{"idempotency-key", "k"}});
  EXPECT_EQ(sent->answer.status, 422);
}

TEST(Submit, DecidesADryRunWithoutHolding) {
  World world;
  auto const size = world.log.size();
  auto const yes = world.send("POST", "/v1/runs?dry_run=true", world.admin, World::kBody);
  EXPECT_EQ(yes->answer.status, 200) << yes->answer.body;
  EXPECT_EQ(text_at(yes->body(), {"would_accept"}), "true");
  EXPECT_EQ(text_at(yes->body(), {"refusal"}), "null");
  auto const no = world.send("POST", "/v1/runs?dry_run=true", world.admin,
                             R"({"job":"j","input":1,"max_cost_usd":"100.01"})");
  EXPECT_EQ(text_at(no->body(), {"refusal", "code"}), "budget_exceeded");
  EXPECT_EQ(text_at(no->body(), {"budget", "available_usd"}), "100.0000");
  EXPECT_EQ(world.log.size(), size);
}

TEST(Submit, KeepsItsNoForTheKeyAfterATopUp) {
  World world;
  std::string const body = R"({"job":"j","input":1,"max_cost_usd":"150"})";
  auto const first = world.submit(world.admin, "k", body);
  EXPECT_EQ(first->answer.status, 402) << first->answer.body;
  for (auto const* name : {"scope", "limit_usd", "spent_usd", "held_usd", "available_usd"})
    EXPECT_NE(text_at(first->body(), {name}), "(absent)") << name;
  EXPECT_EQ(text_at(first->body(), {"asked_usd"}), "150.0000");
  auto const grant = world.send("POST", "/v1/admin/tenants/default/grants", world.admin,
                                R"({"amount_usd":"100"})");
  EXPECT_EQ(grant->answer.status, 201) << grant->answer.body;
  auto const again = world.submit(world.admin, "k", body);
  EXPECT_EQ(again->answer.status, 402);
  EXPECT_EQ(again->header("idempotent-replayed"), "true");
  EXPECT_EQ(text_at(again->body(), {"idempotent_replay"}), "true");
  EXPECT_NE(text_at(again->body(), {"detail"}).find("new key"), std::string::npos);
  EXPECT_EQ(world.submit(world.admin, "k2", body)->answer.status, 202);
}

TEST(Submit, Gives64RacersOnOneKeyOneRunOneHoldOneAnswer) {
  World world;
  auto const before = world.log.size();
  std::vector<SentPtr> racers;
  for (int i = 0; i < 64; ++i)
    racers.push_back(
        world.begin("POST", "/v1/runs", world.admin, World::kBody, {{"idempotency-key", "race"}}));
  world.pump();
  std::set<std::string> runs;
  int firsts = 0;
  for (auto const& racer : racers) {
    EXPECT_EQ(racer->answers, 1);
    EXPECT_EQ(racer->answer.status, 202) << racer->answer.body;
    runs.insert(run_id(racer));
    firsts += text_at(racer->body(), {"idempotent_replay"}) == "false";
  }
  EXPECT_EQ(runs.size(), 1u);
  EXPECT_EQ(firsts, 1);
  EXPECT_EQ(world.log.size(), before + 1);
  EXPECT_EQ(text_at(world.send("GET", "/v1/budget", world.admin)->body(), {"held_usd"}), "0.0500");
}

TEST(Submit, NeverGoesBelowZeroWhen64RaceForTheLastDollar) {
  World world;
  world.tenant("poor", "1.00");
  auto const token = world.key("poor", "runs:write budget:read");
  std::vector<SentPtr> racers;
  for (int i = 0; i < 64; ++i)
    racers.push_back(world.begin("POST", "/v1/runs", token,
                                 R"({"job":"j","input":1,"max_cost_usd":"0.1000"})",
                                 {{"idempotency-key", "k" + std::to_string(i)}}));
  world.pump();
  int accepted = 0;
  for (auto const& racer : racers) {
    accepted += racer->answer.status == 202;
    if (racer->answer.status != 202) {
      EXPECT_EQ(racer->answer.status, 429) << racer->answer.body;
      EXPECT_EQ(racer->code(), "budget_held");
      EXPECT_GE(std::stoi(racer->header("retry-after")), 1);
    }
  }
  EXPECT_EQ(accepted, 10);
  auto const budget = world.send("GET", "/v1/budget", token)->body();
  EXPECT_EQ(text_at(budget, {"available_usd"}), "0.0000");
  EXPECT_EQ(text_at(budget, {"held_usd"}), "1.0000");
}

TEST(Submit, SendsALargeInputToTheBlobStore) {
  World world;
  std::string const input = "\"" + std::string(40'000, 'x') + "\"";
  auto const sent =
      world.submit(world.admin, "k", R"({"job":"j","max_cost_usd":"1","input":)" + input + "}");
  EXPECT_EQ(sent->answer.status, 202);
  EXPECT_EQ(world.blobs.size(), 1u);
  auto const lease = world.send("POST", "/v1/work/lease", world.admin, R"({"jobs":["j"]})");
  auto const document = lease->body();
  EXPECT_EQ(json::write(*document.find("work")->array()->at(0).find("input")), input);
}

// The fault: a list of 200 runs fetched and decrypted 200 results, each for its hash.
TEST(Runs, AreListedWithoutOpeningTheirResults) {
  World world;
  auto const run = run_id(world.submit(world.admin, "k"));
  execute(world, R"({"found":3})", "0.0100");
  int const before = world.vault.opened;
  auto const listed = world.send("GET", "/v1/runs", world.admin);
  EXPECT_EQ(world.vault.opened, before);
  auto const& result = *listed->body().find("runs")->array()->at(0).find("result");
  EXPECT_EQ(text_at(result, {"ref"}), "null");
  EXPECT_EQ(text_at(result, {"bytes"}), "11");
  auto const one = world.send("GET", "/v1/runs/" + run, world.admin);
  EXPECT_EQ(text_at(one->body(), {"result", "ref"}),
            ContentRef(sha256(as_bytes(R"({"found":3})"))).text());
}

TEST(Submit, SaysThatTheOutcomeIsUnknownWhenTheLogFails) {
  World world;
  world.log.outcome = ports::AppendOutcome::unknown;
  auto const sent = world.submit(world.admin, "k");
  EXPECT_EQ(sent->answer.status, 503);
  EXPECT_EQ(sent->code(), "outcome_unknown");
  EXPECT_NE(text_at(sent->body(), {"detail"}).find("same key"), std::string::npos);
}

}  // namespace
}  // namespace tally::api
