// What a person sees of money that left above a hold, or without one.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cli/program_fixture.h"
#include "client/canned_server_fixture.h"

namespace tally::cli {
namespace {

using client::CannedServer;

World against(CannedServer const& server) {
  return {.environment = {.server = server.url(), .key = "tk_x"}, .input = {}};
}

constexpr std::string_view kRunId = "run_0123456789abcdef";

// A run that held 0.05 USD and cost 3.17 more, of which 2 are owed.
std::string dear_run() {
  return fmt::format(
      R"({{"run_id":"{}","status":"succeeded","job":"j","job_hash":"sha256:{}","attempts":1,)"
      R"("cost":{{"max_usd":"0.0500","held_usd":"0.0000","charged_usd":"0.0500",)"
      R"("released_usd":"0.0000","overrun_usd":"3.1700","unaccounted_usd":"0.0021"}},)"
      R"("receipt":{{"charged_usd":"0.0500","released_usd":"0.0000","reason":"completed",)"
      R"("overrun_usd":"3.1700","paid_usd":"1.1700","owed_usd":"2.0000",)"
      R"("cost_rounded_up":true}},"result":null,)"
      R"("error":null,"cancel_requested":false,"labels":{{}},"sandbox":"","timeout_s":30,)"
      R"("created_at":"2026-01-01T00:00:00Z","links":{{"self":"/s","result":"/r"}},)"
      R"("correlation_id":"0af7651916cd43dd8448eb211c80319c"}})",
      kRunId, std::string(64, 'b'));
}

TEST(Overrun, IsInALineOfTheRunWithWhatBecameOfIt) {
  CannedServer server({{.status = 200, .body = dear_run()}});
  Ran const ran = run_tally({"run", "show", std::string(kRunId)}, against(server));
  EXPECT_TRUE(contains(ran.out,
                       "3.1700 above the hold: 1.1700 paid out of what was available, "
                       "2.0000 owed"))
      << ran.out;
  EXPECT_TRUE(contains(ran.out, "0.0021 reported after its lease had ended, in no charge"))
      << ran.out;
  EXPECT_TRUE(contains(ran.out, "rounded up")) << ran.out;
}

TEST(Overrun, IsInTheRowOfTheRunInAList) {
  CannedServer server({{.status = 200, .body = R"({"runs":[)" + dear_run() + R"(],"next":null})"}});
  Ran const ran = run_tally({"run", "list"}, against(server));
  EXPECT_TRUE(contains(ran.out, "BEYOND")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "overrun 3.1700, unaccounted 0.0021")) << ran.out;
}

TEST(Debt, IsInALineOfTheBudgetAndOfARefusal) {
  std::string const budget =
      R"({"tenant":"acme","plan":"unlimited","granted_usd":"10.0000","available_usd":"0.0000",)"
      R"("held_usd":"0.0000","spent_usd":"10.0000","overrun_usd":"2.0000","runs_live":0})";
  CannedServer server({{.status = 200, .body = budget}});
  Ran const shown = run_tally({"budget", "show"}, against(server));
  EXPECT_TRUE(contains(shown.out,
                       "2.0000 above what was held; no run is accepted until it is "
                       "paid"))
      << shown.out;
  std::string const refusal =
      R"({"type":"/problems/budget_exceeded","title":"t","status":402,"detail":"the detail",)"
      R"("code":"budget_exceeded","correlation_id":"0af7651916cd43dd8448eb211c80319c",)"
      R"("scope":"tenant:acme","limit_usd":"10.0000","spent_usd":"10.0000","held_usd":"0.0000",)"
      R"("available_usd":"0.0000","asked_usd":"0.0500","owed_usd":"2.0000"})";
  CannedServer refuses({{.status = 402, .body = refusal}});
  Ran const refused = run_tally({"run", "show", std::string(kRunId)}, against(refuses));
  EXPECT_TRUE(contains(refused.err, "2.0000 USD are owed")) << refused.err;
}

}  // namespace
}  // namespace tally::cli
