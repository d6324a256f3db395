// What a person sees of money that left above a hold, or without one.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cli/canned_server_fixture.h"
#include "cli/program_fixture.h"

namespace tally::cli {
namespace {

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

// A resolution that the server does not take without a second thought, and then does.
std::vector<CannedAnswer> above_the_hold() {
  return {{.status = 422,
           .body = R"({"type":"/problems/validation_error","title":"t","status":422,"detail":"d",)"
                   R"("code":"validation_error",)"
                   R"("correlation_id":"0af7651916cd43dd8448eb211c80319c",)"
                   R"("errors":[{"pointer":"/above_hold_max_usd",)"
                   R"("detail":"9.0000 USD are 8.9500 above the run's hold of 0.0500"}]})"},
          {.status = 200,
           .body = R"({"outcome":"done","receipt":{"charged_usd":"0.0500",)"
                   R"("released_usd":"0.0000","reason":"audit_resolved","overrun_usd":"8.9500",)"
                   R"("paid_usd":"1.0000","owed_usd":"7.9500"}})"}};
}

std::vector<std::string> resolving(std::string const& more = "") {
  std::vector<std::string> words{"run",      "resolve", std::string(kRunId), "--charge", "9",
                                 "--reason", "r"};
  if (!more.empty()) words.push_back(more);
  return words;
}

TEST(Resolve, AboveTheHoldIsAskedAboutAndThenSaysWhatIsPaidAndOwed) {
  CannedServer server(above_the_hold());
  World world = against(server);
  world.terminal = true;
  world.input = "y\n";
  Ran const ran = run_tally(resolving(), world);
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  EXPECT_TRUE(contains(ran.err, "8.9500 above the run's hold of 0.0500; charge it? [y/N]"))
      << ran.err;
  EXPECT_EQ(ran.out, fmt::format("{} is charged 0.0500 USD of its hold; 8.9500 above it: 1.0000 "
                                 "paid out of what was available, 7.9500 owed\n",
                                 kRunId));
  EXPECT_TRUE(contains(server.requests().at(0), R"("above_hold_max_usd":"0.0000")"));
  EXPECT_FALSE(contains(server.requests().at(1), "above_hold_max_usd"));
  EXPECT_TRUE(contains(ran.err, "safe mode, which a person ends; tally mode shows")) << ran.err;
}

TEST(Resolve, AboveTheHoldIsNotDoneWithoutAYes) {
  CannedServer asked({above_the_hold().front()});
  World world = against(asked);
  world.terminal = true;
  world.input = "\n";
  EXPECT_EQ(run_tally(resolving(), world).code, ExitCode::no);
  CannedServer nobody({above_the_hold().front()});
  Ran const ran = run_tally(resolving(), against(nobody));
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_TRUE(contains(ran.err, "9.0000 USD are 8.9500 above the run's hold of 0.0500")) << ran.err;
  EXPECT_TRUE(contains(ran.err, "say --yes if it is meant")) << ran.err;
}

TEST(Resolve, WithYesAsksNobody) {
  CannedServer server({above_the_hold().back()});
  EXPECT_EQ(run_tally(resolving("--yes"), against(server)).code, ExitCode::yes);
  EXPECT_FALSE(contains(server.requests().at(0), "above_hold_max_usd"));
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
