#include "client/tally_client.h"

#include <gtest/gtest.h>

#include "client/canned_server_fixture.h"

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

TallyClient client_of(CannedServer const& server) {
  return TallyClient({.host = "127.0.0.1", .port = server.port()}, "tk_secret");
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
  CannedServer server({{.status = 402, .body = std::string(kProblem)}});
  auto client = client_of(server);
  (void)client.submit(request(), "once");
  std::string const& sent = server.requests().at(0);
  EXPECT_TRUE(sent.starts_with("POST /v1/runs HTTP/1.1\r\n")) << sent;
  EXPECT_NE(sent.find("Authorization: Bearer tk_secret\r\n"), std::string::npos) << sent;
  EXPECT_NE(sent.find("Idempotency-Key: once\r\n"), std::string::npos) << sent;
  EXPECT_TRUE(sent.ends_with(
      R"({"job":"log-patterns","input":{"a":1},"max_cost_usd":"0.0500","labels":{}})"))
      << sent;
}

TEST(TallyClient, HandsOutARefusalWithItsAmounts) {
  CannedServer server({{.status = 402, .body = std::string(kProblem)}});
  auto const asked = client_of(server).submit(request(), "once");
  ASSERT_FALSE(asked);
  ASSERT_TRUE(asked.error().problem);
  EXPECT_EQ(asked.error().error.code, "budget_exceeded");
  ASSERT_TRUE(asked.error().problem->money);
  EXPECT_EQ(asked.error().problem->money->asked_usd, Micros(50'000));
  EXPECT_EQ(asked.error().body, kProblem);
}

TEST(TallyClient, PassesOverWhatANewerServerAddsAndKeepsTheBytes) {
  CannedServer server({{.status = 200, .body = std::string(kBudget)}});
  auto const asked = client_of(server).budget();
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->message.available_usd, Micros(99'950'000));
  EXPECT_EQ(asked->body, kBudget);
}

TEST(TallyClient, AnswersThatAreNotOfTheShapeAreMalformed) {
  CannedServer server({{.status = 200, .body = "{}"}, {.status = 502, .body = "<html>"}});
  auto client = client_of(server);
  auto const shapeless = client.budget();
  ASSERT_FALSE(shapeless);
  EXPECT_EQ(shapeless.error().error.code, "malformed");
  auto const no_problem = client.budget();
  ASSERT_FALSE(no_problem);
  EXPECT_EQ(no_problem.error().error.code, "malformed");
  EXPECT_FALSE(no_problem.error().problem);
  EXPECT_EQ(no_problem.error().body, "<html>");
}

TEST(TallyClient, SaysUnreachableWhereNobodyListens) {
  std::uint16_t port = 0;
  { port = CannedServer({}).port(); }
  auto const asked = TallyClient({.host = "127.0.0.1", .port = port}, "tk_x").budget();
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().error.code, "unreachable");
  EXPECT_FALSE(asked.error().problem);
}

TEST(TallyClient, AsksForRunsByStateAndWaitsAtTheServer) {
  CannedServer server({{.status = 404, .body = "{}"}, {.status = 404, .body = "{}"}});
  auto client = client_of(server);
  (void)client.runs({.status = "failed", .label = {}, .limit = 7});
  (void)client.run(RunId(1), 30);
  EXPECT_TRUE(server.requests().at(0).starts_with("GET /v1/runs?limit=7&status=failed HTTP/1.1"));
  EXPECT_TRUE(
      server.requests().at(1).starts_with("GET /v1/runs/run_0000000000000001?wait_s=30 HTTP/1.1"));
}

}  // namespace tally::client
