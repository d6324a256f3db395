// GET /v1/why: one answer for each kind of subject, from the ledger alone.

#include <gtest/gtest.h>

#include "api/test_world.h"

namespace tally::api {
namespace {

SentPtr why(World& world, std::string const& subject, std::string const& token) {
  return world.send("GET", "/v1/why?subject=" + subject, token);
}

std::string decision(json::Value const& document, std::size_t i, char const* member) {
  auto const& decisions = *document.find("decisions")->array();
  return i < decisions.size() ? text_at(decisions[i], {member}) : "(absent)";
}

bool mentions(SentPtr const& sent, std::string_view part) {
  return sent->answer.body.find(part) != std::string::npos;
}

TEST(Why, OfARunSaysWhatWasAskedDecidedAndCharged) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  execute(world, "1", "0.02");
  auto const sent = why(world, id, world.admin);
  ASSERT_EQ(sent->answer.status, 200) << sent->answer.body;
  EXPECT_EQ(text_at(sent->body(), {"kind"}), "run");
  EXPECT_EQ(text_at(sent->body(), {"status"}), "succeeded");
  EXPECT_TRUE(text_at(sent->body(), {"asked"}).starts_with("a run of j for at most 0.0500 USD"));
  EXPECT_EQ(decision(sent->body(), 0, "command"), "run.submit");
  EXPECT_EQ(decision(sent->body(), 3, "command"), "run.complete");
  EXPECT_TRUE(mentions(sent, R"("available_usd":"100.0000")")) << sent->answer.body;
  EXPECT_EQ(text_at(sent->body(), {"cost"}),
            "charged 0.0200 of the 0.0500 held, 0.0300 released (USD)");
  EXPECT_TRUE(mentions(sent, "tally replay --decision-id dec_"));
  EXPECT_TRUE(mentions(sent, "tally replay --run " + id));
}

TEST(Why, OfARefusalForMoneyIsFoundByItsIdempotencyKey) {
  World world;
  std::string const body = R"({"job":"j","input":1,"max_cost_usd":"150"})";
  world.submit(world.admin, "too-much", body);
  auto const sent = why(world, "too-much", world.admin);
  ASSERT_EQ(sent->answer.status, 200) << sent->answer.body;
  EXPECT_EQ(text_at(sent->body(), {"kind"}), "idempotency_key");
  EXPECT_EQ(text_at(sent->body(), {"status"}), "refused");
  EXPECT_TRUE(mentions(sent, "refused, budget_exceeded: asked 150.0000")) << sent->answer.body;
  EXPECT_TRUE(mentions(sent, "tally budget grant default 50.0000")) << sent->answer.body;
  EXPECT_TRUE(mentions(sent, "tally replay --decision-id dec_"));
  EXPECT_EQ(world.send("GET", "/v1/why?idempotency_key=too-much", world.admin)->answer.body,
            sent->answer.body);
}

TEST(Why, OfAnIdempotencyKeyLeadsToTheRunThatItBegan) {
  World world;
  auto const id = run_id(world.submit(world.admin, "mine"));
  auto const sent = why(world, "mine", world.admin);
  EXPECT_EQ(text_at(sent->body(), {"run_id"}), id);
  EXPECT_EQ(text_at(sent->body(), {"status"}), "queued");
  EXPECT_TRUE(mentions(sent, "tally run cancel " + id));
  EXPECT_EQ(why(world, "nobody-used-this", world.admin)->code(), "not_found");
}

TEST(Why, OfARunThatFailedNamesTheErrorAndWhatMendsIt) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  auto const leased = lease_one(world);
  world.send("POST", leased.path("start"), world.admin, "{\"fence\":" + leased.fence + "}");
  world.send("POST", leased.path("fail"), world.admin,
             "{\"fence\":" + leased.fence +
                 R"(,"code":"exit_nonzero","detail":"exit code 3","retry":false})");
  auto const sent = why(world, id, world.admin);
  EXPECT_EQ(text_at(sent->body(), {"status"}), "failed") << sent->answer.body;
  EXPECT_TRUE(mentions(sent, "exit_nonzero: exit code 3")) << sent->answer.body;
  EXPECT_TRUE(mentions(sent, "mend the job or its input")) << sent->answer.body;
  EXPECT_TRUE(mentions(sent, "a new idempotency key")) << sent->answer.body;
}

TEST(Why, OfAMinimumFeeNamesTheFeeAndItsRule) {
  World world;
  domain::run::JobKind job;
  job.name = JobName("feed");
  job.price.reported = true;
  job.price.minimum_fee = {.cap = Micros(100'000), .floor = Micros(5'000), .ppm = 20'000};
  job.queue_deadline = seconds(60);
  job.runner = domain::run::Runner::worker;
  job.timeout = seconds(60);
  world.post(domain::directory::Commands(domain::directory::RegisterJob{job}));
  auto const id =
      run_id(world.submit(world.admin, "k", R"({"job":"feed","input":1,"max_cost_usd":"0.05"})"));
  auto const sent = world.send("POST", "/v1/work/lease", world.admin, R"({"jobs":["feed"]})");
  auto const& item = sent->body().find("work")->array()->at(0);
  Leased const leased{text_at(item, {"lease_id"}), text_at(item, {"fence"})};
  world.send("POST", leased.path("start"), world.admin, "{\"fence\":" + leased.fence + "}");
  world.send("POST", leased.path("fail"), world.admin,
             "{\"fence\":" + leased.fence +
                 R"(,"code":"exit_nonzero","detail":"x","retry":false,"cost_usd":"0.001"})");
  auto const told = why(world, id, world.admin);
  EXPECT_TRUE(mentions(told,
                       "cost 0.0050: charged 0.0050, released 0.0450; that is the minimum "
                       "fee of the job for a run that fails by its own fault: 2 % of the "
                       "hold, at least 0.0050, at most 0.1000"))
      << told->answer.body;
  EXPECT_TRUE(mentions(told, R"("minimum_fee_usd":"0.0050")")) << told->answer.body;
}

TEST(Why, OfARunThatOwesSaysThatTheDebtStandsAndWhatPaysIt) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  execute(world, "1", "101");
  auto const told = why(world, id, world.admin);
  EXPECT_TRUE(mentions(told, R"("would_change":["of the run nothing: it has ended)"));
  EXPECT_TRUE(mentions(told, "the 1.0000 that it owed are a debt of tenant default"))
      << told->answer.body;
  EXPECT_TRUE(mentions(told, "tally budget grant default 1.0000 or more")) << told->answer.body;
}

TEST(Why, OfAnIdempotencyKeyAnswersForEveryRequestThatTakesOne) {
  World world;
  world.tenant("acme", "10");
  world.send("POST", "/v1/admin/tenants/acme/grants", world.admin, R"({"amount_usd":"5"})",
             {{"idempotency-key", "paid"}});
  auto const told = why(world, "paid", world.admin);
  ASSERT_EQ(told->answer.status, 200) << told->answer.body;
  EXPECT_TRUE(
      text_at(told->body(), {"asked"}).starts_with("a grant of 5.0000 USD to tenant acme, by key_"))
      << told->answer.body;
  EXPECT_EQ(decision(told->body(), 0, "rule"), "granted 5.0000");
}

TEST(Why, OfAnIdempotencyKeyOfTwoRoutesTellsOneAnswerAndNamesTheOther) {
  World world;
  world.tenant("acme", "10");
  auto const id = run_id(world.submit(world.admin, "both"));
  world.send("POST", "/v1/admin/tenants/acme/grants", world.admin, R"({"amount_usd":"5"})",
             {{"idempotency-key", "both"}});
  auto const told = why(world, "both", world.admin);
  EXPECT_EQ(text_at(told->body(), {"run_id"}), id);
  std::string const asked = text_at(told->body(), {"asked"});
  auto const at = asked.find("; the same key answered another request, too: tally why dec_");
  ASSERT_NE(at, std::string::npos) << asked;
  auto const other = why(world, asked.substr(asked.find("dec_")), world.admin);
  EXPECT_EQ(decision(other->body(), 0, "rule"), "granted 5.0000") << other->answer.body;
}

TEST(Why, OfAnErrorLeadsToItsRun) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  auto const leased = lease_one(world);
  world.send("POST", leased.path("start"), world.admin, "{\"fence\":" + leased.fence + "}");
  world.send("POST", leased.path("fail"), world.admin,
             "{\"fence\":" + leased.fence +
                 R"(,"code":"exit_nonzero","detail":"exit code 3","retry":false})");
  auto const errors = world.send("GET", "/v1/errors?run_id=" + id, world.admin);
  auto const error = text_at(errors->body().find("errors")->array()->at(0), {"error_id"});
  auto const told = why(world, error, world.admin);
  EXPECT_EQ(text_at(told->body(), {"kind"}), "error") << told->answer.body;
  EXPECT_EQ(text_at(told->body(), {"subject"}), error);
  EXPECT_EQ(text_at(told->body(), {"run_id"}), id);
  world.tenant("other", "10");
  EXPECT_EQ(why(world, error, world.key("other", "runs:read"))->code(), "not_found");
}

TEST(Why, OfWhatIsNoSubjectSaysWhichThereAreAndWhatShowsIt) {
  World world;
  auto const told = why(world, "apr_0123456789abcdef", world.admin);
  EXPECT_EQ(told->answer.status, 422);
  EXPECT_TRUE(mentions(told, "apr_0123456789abcdef is an approval; tally approvals shows"))
      << told->answer.body;
  EXPECT_TRUE(mentions(told, "why takes a run (run_...), a decision (dec_...)"));
  EXPECT_TRUE(mentions(world.send("GET", "/v1/why", world.admin), "names a run (run_...)"));
}

TEST(Why, OfWhatConcernsNoRunIsInWords) {
  World world;
  world.send("POST", "/v1/admin/people", world.admin,
             R"({"person":"bob","name":"Bob","roles":["viewer"]})", {{"idempotency-key", "k"}});
  auto const told = why(world, "k", world.admin);
  EXPECT_TRUE(text_at(told->body(), {"asked"}).starts_with("bob as viewer, by "))
      << told->answer.body;
  EXPECT_EQ(decision(told->body(), 0, "rule"), "bob was added as viewer");
}

TEST(Why, OfACancelledRunIsFinal) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  world.send("POST", "/v1/runs/" + id + "/cancel", world.admin);
  auto const sent = why(world, id, world.admin);
  EXPECT_EQ(text_at(sent->body(), {"status"}), "cancelled");
  EXPECT_TRUE(mentions(sent, "nothing: it has ended"));
}

TEST(Why, OfARunThatWaitsSaysForWhomAndWhatHoldsItBack) {
  World world;
  auto const id = run_id(world.submit(world.admin, "k"));
  world.send("POST", "/v1/halt", world.admin,
             R"({"mode":"stop","scope":"job:j","reason":"a drill"})");
  auto const sent = why(world, id, world.admin);
  EXPECT_TRUE(mentions(sent, "job:j is in stop mode since")) << sent->answer.body;
  EXPECT_TRUE(mentions(sent, "tally resume --job j --reason TEXT")) << sent->answer.body;
  EXPECT_TRUE(mentions(sent, "leases j")) << sent->answer.body;
}

TEST(Why, TakesADecisionACorrelationAndAKey) {
  World world;
  auto const submitted = world.submit(world.admin, "k");
  auto const of_run = why(world, run_id(submitted), world.admin);
  auto const decision_id = decision(of_run->body(), 0, "decision_id");
  auto const by_decision = why(world, decision_id, world.admin);
  EXPECT_EQ(text_at(by_decision->body(), {"kind"}), "decision");
  EXPECT_TRUE(mentions(by_decision, "accepted: holds 0.0500")) << by_decision->answer.body;
  auto const by_correlation =
      why(world, text_at(submitted->body(), {"correlation_id"}), world.admin);
  EXPECT_EQ(text_at(by_correlation->body(), {"kind"}), "correlation");
  EXPECT_EQ(text_at(by_correlation->body(), {"run_id"}), run_id(submitted));
  auto const keys = world.send("GET", "/v1/admin/keys", world.admin);
  auto const key = text_at(keys->body().find("keys")->array()->at(0), {"key_id"});
  auto const by_key = why(world, key, world.admin);
  EXPECT_EQ(text_at(by_key->body(), {"kind"}), "key");
  EXPECT_EQ(text_at(by_key->body(), {"status"}), "valid");
}

TEST(Why, OfAKeyThatWasRevokedNamesWhoEndedIt) {
  World world;
  auto const made = world.send("POST", "/v1/admin/keys", world.admin,
                               R"({"tenant":"default","owner":"operator","scopes":["runs:read"]})");
  auto const key = text_at(made->body(), {"key_id"});
  auto const valid = why(world, key, world.admin);
  EXPECT_TRUE(decision(valid->body(), 0, "rule").ends_with("was created with the scopes runs:read"))
      << valid->answer.body;
  world.send("POST", "/v1/admin/keys/" + key + "/revoke", world.admin);
  auto const sent = why(world, key, world.admin);
  EXPECT_EQ(text_at(sent->body(), {"status"}), "revoked") << sent->answer.body;
  EXPECT_EQ(decision(sent->body(), 1, "rule"), key + " was revoked by operator");
  EXPECT_EQ(decision(sent->body(), 1, "command"), "key.revoke");
  auto const seq = decision(sent->body(), 1, "seq");
  EXPECT_TRUE(mentions(sent, "tally ledger prove " + seq + " --data DIR")) << sent->answer.body;
}

TEST(Why, OfAServerNamesNoDirectoryForTheProof) {
  World world;
  auto const sent = why(world, run_id(world.submit(world.admin, "k")), world.admin);
  EXPECT_TRUE(mentions(sent, " --data DIR")) << sent->answer.body;
  EXPECT_FALSE(mentions(sent, " --data data")) << sent->answer.body;
}

TEST(Why, ShowsNothingOfAnotherTenant) {
  World world;
  world.tenant("other", "10");
  auto const stranger = world.key("other", "runs:read");
  auto const submitted = world.submit(world.admin, "k");
  auto const of_run = why(world, run_id(submitted), world.admin);
  for (std::string const& subject :
       {run_id(submitted), decision(of_run->body(), 0, "decision_id"), std::string("k"),
        text_at(submitted->body(), {"correlation_id"})})
    EXPECT_EQ(why(world, subject, stranger)->code(), "not_found") << subject;
  EXPECT_EQ(world.send("GET", "/v1/why", stranger)->answer.status, 422);
  EXPECT_EQ(world.send("GET", "/v1/why?subject=a&idempotency_key=b", stranger)->answer.status, 422);
}

TEST(Runs, AreListedByLabel) {
  World world;
  auto const with = [&](std::string const& key, std::string const& labels) {
    return run_id(world.submit(
        world.admin, key, R"({"job":"j","input":1,"max_cost_usd":"1","labels":{)" + labels + "}}"));
  };
  auto const red = with("a", R"("team":"red","n":"1")");
  with("b", R"("team":"blue")");
  with("c", "");
  auto const listed = world.send("GET", "/v1/runs?label=team%3Dred", world.admin);
  auto const* runs = listed->body().find("runs")->array();
  ASSERT_EQ(runs->size(), 1u) << listed->answer.body;
  EXPECT_EQ(text_at(runs->at(0), {"run_id"}), red);
  EXPECT_EQ(world.send("GET", "/v1/runs?label=team", world.admin)->answer.status, 422);
  EXPECT_EQ(world.send("GET", "/v1/runs?label=%3Dred", world.admin)->answer.status, 422);
  EXPECT_EQ(world.send("GET", "/v1/runs?label=", world.admin)->answer.status, 422);
}

}  // namespace
}  // namespace tally::api
