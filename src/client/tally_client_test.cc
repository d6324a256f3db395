#include "client/tally_client.h"

#include <gtest/gtest.h>

#include "client/canned_outbound_fixture.h"

namespace tally::client {
namespace {

constexpr std::string_view kProblem = R"({"type":"/problems/budget_exceeded","title":"t",)"
                                      R"("status":402,"detail":"spent","code":"budget_exceeded",)"
                                      R"("correlation_id":"0af7651916cd43dd8448eb211c80319c",)"
                                      R"("scope":"tenant:default","limit_usd":"1.0000",)"
                                      R"("spent_usd":"1.0000","held_usd":"0.0000",)"
                                      R"("available_usd":"0.0000","asked_usd":"0.0500"})";
constexpr std::string_view kBudget =
    R"({"tenant":"default","plan":"unlimited","granted_usd":"100.0000","available_usd":"99.9500",)"
    R"("held_usd":"0.0500","spent_usd":"0.0000","overrun_usd":"0.0000","runs_live":1,"new":7})";

TallyClient client_of(CannedOutbound& outbound) {
  return TallyClient(outbound, {.text = "https://ledger.test/base"}, "tk_secret");
}

std::string header(ports::OutboundRequest const& request, std::string_view name) {
  for (auto const& [key, value] : request.headers)
    if (key == name) return value;
  return "(none)";
}

wire::SubmitRequest request() {
  return {.job = JobName("log-patterns"),
          .input = json::Value(json::Object{{"a", json::Value(1)}}),
          .max_cost_usd = Micros(50'000),
          .timeout_s = {},
          .labels = {},
          .parent_run_id = {}};
}

}  // namespace

TEST(TallyClient, SubmitsWithTheKeyTheIdempotencyKeyAndTheFixedBody) {
  CannedOutbound outbound({reply(402, kProblem)});
  (void)client_of(outbound).submit(request(), "once");
  auto const& sent = outbound.requests().at(0);
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, "https://ledger.test/base/v1/runs");
  EXPECT_EQ(header(sent, "Authorization"), "Bearer tk_secret");
  EXPECT_EQ(header(sent, "Idempotency-Key"), "once");
  EXPECT_EQ(header(sent, "Content-Type"), "application/json");
  EXPECT_EQ(sent.body,
            R"({"job":"log-patterns","input":{"a":1},"max_cost_usd":"0.0500","labels":{}})");
}

TEST(TallyClient, HandsOutARefusalWithItsAmounts) {
  CannedOutbound outbound({reply(402, kProblem)});
  auto const asked = client_of(outbound).submit(request(), "once");
  ASSERT_FALSE(asked);
  ASSERT_TRUE(asked.error().problem);
  EXPECT_EQ(asked.error().error.code, "budget_exceeded");
  ASSERT_TRUE(asked.error().problem->money);
  EXPECT_EQ(asked.error().problem->money->asked_usd, Micros(50'000));
  EXPECT_EQ(asked.error().body, kProblem);
}

TEST(TallyClient, PassesOverWhatANewerServerAddsAndKeepsTheBytes) {
  CannedOutbound outbound({reply(200, kBudget)});
  auto const asked = client_of(outbound).budget();
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->message.available_usd, Micros(99'950'000));
  EXPECT_EQ(asked->body, kBudget);
}

TEST(TallyClient, AnswersThatAreNotOfTheShapeAreMalformed) {
  CannedOutbound outbound({reply(200, "{}"), reply(502, "<html>")});
  auto client = client_of(outbound);
  auto const shapeless = client.budget();
  ASSERT_FALSE(shapeless);
  EXPECT_EQ(shapeless.error().error.code, "malformed");
  auto const no_problem = client.budget();
  ASSERT_FALSE(no_problem);
  EXPECT_EQ(no_problem.error().error.code, "malformed");
  EXPECT_FALSE(no_problem.error().problem);
  EXPECT_EQ(no_problem.error().body, "<html>");
}

// What is sent again after it is the caller's decision: the same idempotency key makes it safe.
TEST(TallyClient, SendsOnceAndSaysWhatMayHaveHappened) {
  CannedOutbound outbound({tl::unexpected(ports::OutboundFailure{
      .fate = ports::OutboundFate::outcome_unknown, .error = {"timed_out", "", ""}, .status = 0})});
  auto client = client_of(outbound);
  auto const lost = client.submit(request(), "once");
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().error.code, "timed_out");
  EXPECT_EQ(lost.error().fate, ports::OutboundFate::outcome_unknown);
  EXPECT_EQ(outbound.requests().size(), 1U);
  auto const unsent = client.submit(request(), "once");
  ASSERT_FALSE(unsent);
  EXPECT_EQ(unsent.error().error.code, "unreachable");
  EXPECT_EQ(unsent.error().fate, ports::OutboundFate::not_sent);
  EXPECT_FALSE(unsent.error().problem);
}

TEST(TallyClient, AsksForRunsByStateAndWaitsAtTheServer) {
  CannedOutbound outbound({reply(404, "{}"), reply(404, "{}")});
  auto client = client_of(outbound);
  (void)client.runs(
      {.status = RunStatus::failed, .label = {}, .tenant = {}, .limit = 7, .cursor = {}});
  (void)client.run(RunId(1), 30);
  auto const& requests = outbound.requests();
  EXPECT_EQ(requests.at(0).url, "https://ledger.test/base/v1/runs?status=failed&limit=7");
  EXPECT_EQ(requests.at(1).url, "https://ledger.test/base/v1/runs/run_0000000000000001?wait_s=30");
  EXPECT_EQ(requests.at(1).timeout, requests.at(0).timeout + seconds(30));
}

}  // namespace tally::client
