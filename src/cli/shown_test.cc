// How the commands look to people: columns, colours, what is said first and what comes next.

#include "cli/shown.h"

#include <gtest/gtest.h>
#include <signal.h>

#include "cli/canned_server_fixture.h"
#include "cli/interrupt.h"
#include "cli/program_fixture.h"
#include "cli/table.h"

namespace tally::cli {
namespace {

World against(CannedServer const& server, bool terminal = false) {
  return {
      .environment = {.server = server.url(), .key = "tk_x"}, .input = "{}", .terminal = terminal};
}

std::string run_of(std::string_view id, std::string_view status, std::string_view job,
                   std::string_view charged, std::string_view labels = "") {
  return fmt::format(
      R"({{"run_id":"{}","status":"{}","job":"{}","job_hash":"sha256:{:064}","attempts":1,)"
      R"("cost":{{"max_usd":"0.0500","held_usd":"0.0000","charged_usd":"{}",)"
      R"("released_usd":"0.0000","overrun_usd":"0.0000","unaccounted_usd":"0.0000"}},)"
      R"("receipt":null,"result":null,)"
      R"("error":null,"cancel_requested":false,"labels":{{{}}},"sandbox":"","timeout_s":30,)"
      R"("created_at":"2026-11-28T10:03:21.123456Z","links":{{"self":"/s","result":"/r"}},)"
      R"("correlation_id":"0af7651916cd43dd8448eb211c80319c"}})",
      id, status, job, 0, charged, labels);
}

constexpr std::string_view kFirst = "run_0123456789abcdef";
constexpr std::string_view kSecond = "run_00000000000000ab";

std::string two_runs() {
  return fmt::format(R"({{"runs":[{},{}],"next":null}})",
                     run_of(kFirst, "succeeded", "j", "12.5000", R"("team":"red","n":"1")"),
                     run_of(kSecond, "failed", "a-longer-job", "0.0100"));
}

}  // namespace

TEST(RunList, HasHeadsColumnsAndAmountsThatStandRight) {
  CannedServer server({{.status = 200, .body = two_runs()}});
  Ran const ran = run_tally({"run", "list", "--label", "team=red"}, against(server));
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  EXPECT_EQ(ran.out,
            "RUN                   STATUS     JOB             HELD  CHARGED  BEYOND  CREATED (UTC)"
            "        LABELS\n"
            "run_0123456789abcdef  succeeded  j             0.0000  12.5000  -       "
            "2026-11-28 10:03:21  n=1 team=red\n"
            "run_00000000000000ab  failed     a-longer-job  0.0000   0.0100  -       "
            "2026-11-28 10:03:21\n");
  EXPECT_TRUE(contains(server.requests().at(0), "GET /v1/runs?label=team%3Dred&limit=20 "));
}

TEST(RunList, IsColoredOnATerminalOnlyAndKeepsItsColumns) {
  CannedServer server({{.status = 200, .body = two_runs()}});
  Ran const ran = run_tally({"run", "list"}, against(server, true));
  EXPECT_TRUE(contains(ran.out, "\x1b[32msucceeded\x1b[0m  j             0.0000")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "\x1b[31mfailed\x1b[0m     a-longer-job  0.0000")) << ran.out;
  CannedServer again({{.status = 200, .body = two_runs()}});
  World plain = against(again, true);
  plain.environment.no_color = true;
  EXPECT_FALSE(contains(run_tally({"run", "list"}, plain).out, "\x1b["));
}

TEST(Table, CountsCharactersAndNotBytes) { EXPECT_EQ(width_of("Gr\u00f6\u00dfe"), 5u); }

TEST(Wait, SaysTheRunFirstAndLeavesNoLineOfProgress) {
  std::string const accepted = fmt::format(
      R"({{"run_id":"{}","status":"queued","job":"j","cost":{{"held_usd":"0.0500"}},)"
      R"("budget":{{"available_usd":"1.0000","held_usd":"0.0500","spent_usd":"0.0000"}},)"
      R"("links":{{"self":"/s","result":"/r"}},"evidence":{{"ledger":"ldg_0000000000000001",)"
      R"("seq":1,"leaf_sha256":"{:064}"}},)"
      R"("correlation_id":"0af7651916cd43dd8448eb211c80319c","idempotent_replay":false}})",
      kFirst, 0);
  CannedServer server({{.status = 202, .body = accepted},
                       {.status = 200, .body = run_of(kFirst, "running", "j", "0.0000")},
                       {.status = 200, .body = run_of(kFirst, "succeeded", "j", "0.0100")}});
  Ran const ran = run_tally(
      {"run", "submit", "--job", "j", "--input", "-", "--max-cost", "0.05", "--key", "k", "--wait"},
      against(server, true));
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  EXPECT_TRUE(ran.err.starts_with(std::string(kFirst) + " is accepted; Ctrl-C stops the waiting"))
      << ran.err;
  EXPECT_TRUE(contains(ran.err, "running ...")) << ran.err;
  EXPECT_TRUE(ran.err.ends_with("\r\x1b[K")) << ran.err;
}

TEST(RunList, FollowsPagesUntilItHasWhatWasAskedFor) {
  auto const page = [](std::string const& runs, std::string const& next) {
    return CannedAnswer{.status = 200, .body = R"({"runs":[)" + runs + R"(],"next":)" + next + "}"};
  };
  auto const first = run_of(kFirst, "failed", "j", "0.0100");
  auto const second = run_of(kSecond, "failed", "j", "0.0100");
  CannedServer server({page("", R"("900")"), page(first, R"("700")"), page(second, R"("500")")});
  Ran const ran = run_tally({"run", "list", "--status", "failed", "--limit", "2"}, against(server));
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  EXPECT_TRUE(contains(ran.out, kFirst) && contains(ran.out, kSecond)) << ran.out;
  EXPECT_TRUE(contains(ran.out, "and more: raise --limit, or go on with --cursor 500\n"))
      << ran.out;
  for (char const* part : {"limit=1", "status=failed", "cursor=700"})
    EXPECT_TRUE(contains(server.requests().at(2), part)) << part;
  CannedServer again({page("", R"("900")"), page(first, "null")});
  Ran const json = run_tally({"run", "list", "--json"}, against(again));
  EXPECT_TRUE(contains(json.out, R"("next":null)") && contains(json.out, kFirst)) << json.out;
}

TEST(WaitDeathTest, InterruptedSaysThatTheRunGoesOnAndIsInconclusive) {
  EXPECT_EXIT(
      {
        SaysWhenInterrupted const interrupted("run_0123456789abcdef goes on\n");
        ::raise(SIGINT);
      },
      testing::ExitedWithCode(static_cast<int>(ExitCode::inconclusive)),
      "run_0123456789abcdef goes on");
}

TEST(RunShow, OfAFailedRunLeadsToWhyItFailed) {
  CannedServer server(
      {{.status = 200, .body = run_of(kFirst, "failed", "j", "0.0100", R"("team":"red")")}});
  Ran const ran = run_tally({"run", "show", std::string(kFirst)}, against(server));
  EXPECT_TRUE(contains(ran.out, "  labels    team=red\n")) << ran.out;
  EXPECT_TRUE(contains(ran.out, fmt::format("  next      tally why {}\n", kFirst))) << ran.out;
}

// A text of somebody's choice is no column of ours.
TEST(RunShow, PutsLabelsThatAreNoWordsBetweenQuotes) {
  constexpr std::string_view kLabels = R"("a":"x  succeeded","b":"","c,d=e":"\"")";
  CannedServer server({{.status = 200, .body = run_of(kFirst, "failed", "j", "0.01", kLabels)}});
  Ran const ran = run_tally({"run", "show", std::string(kFirst)}, against(server));
  EXPECT_TRUE(contains(ran.out, R"(  labels    a="x  succeeded" b= "c,d=e"="\"")")) << ran.out;
}

TEST(PersonList, PutsNamesBetweenQuotes) {
  CannedServer server(
      {{.status = 200,
        .body = R"({"people":[{"person":"yan","name":"Y  admin  counts","roles":["viewer"],)"
                R"("added_by":"ann","added_at":"2026-11-28T10:03:21.123456Z"}]})"}});
  Ran const ran = run_tally({"person", "list"}, against(server));
  EXPECT_EQ(ran.out,
            "PERSON  NAME                ROLES   ADDED BY  ADDED (UTC)\n"
            "yan     \"Y  admin  counts\"  viewer  ann       2026-11-28 10:03:21\n")
      << ran.err;
}

TEST(KeyList, SaysFromWhenAKeyCountsInApprovals) {
  CannedServer server(
      {{.status = 200,
        .body = R"({"keys":[{"key_id":"key_0123456789abcdef","tenant":"default","owner":"bob",)"
                R"("scopes":["approve"],"state":"valid","revoked":false,"expires_at":null,)"
                R"("counts_from":"2026-11-29T10:03:21.123456Z"}]})"}});
  Ran const ran = run_tally({"key", "list"}, against(server));
  EXPECT_EQ(ran.out,
            "KEY                   TENANT   OWNER  SCOPES   STATE  COUNTS FROM (UTC)\n"
            "key_0123456789abcdef  default  bob    approve  valid  2026-11-29 10:03:21\n")
      << ran.err;
}

TEST(RunResolve, ProposesAChargeAndWaitsForSignatures) {
  CannedServer server({{.status = 202,
                        .body = R"({"outcome":"needs_approval",)"
                                R"("approval_id":"apr_00000000000000aa"})"}});
  Ran const ran = run_tally(
      {"run", "resolve", std::string(kFirst), "--charge", "0.02", "--reason", "the bill says so"},
      against(server));
  EXPECT_EQ(ran.code, ExitCode::waiting) << ran.err;
  EXPECT_TRUE(contains(ran.err, "tally approve apr_00000000000000aa")) << ran.err;
  std::string const& sent = server.requests().at(0);
  EXPECT_TRUE(contains(sent, fmt::format("POST /v1/admin/runs/{}/resolution ", kFirst))) << sent;
  EXPECT_TRUE(contains(
      sent, R"({"charge_usd":"0.0200","above_hold_max_usd":"0.0000","reason":"the bill says so"})"))
      << sent;
}

TEST(Tenants, AreCreatedAndListed) {
  CannedServer made({{.status = 201, .body = R"({"tenant":"acme","plan":"unlimited"})"}});
  Ran const ran = run_tally({"tenant", "create", "acme"}, against(made));
  EXPECT_EQ(ran.out, "tenant  acme\nplan    unlimited\n") << ran.err;
  EXPECT_TRUE(contains(made.requests().at(0), R"({"tenant":"acme"})"));
  CannedServer listed(
      {{.status = 200, .body = R"({"tenants":[{"tenant":"acme","plan":"unlimited"}]})"}});
  EXPECT_EQ(run_tally({"tenant", "list"}, against(listed)).out,
            "TENANT  PLAN\nacme    unlimited\n");
}

TEST(BudgetGrant, ToNobodySaysWhereTheTenantsAre) {
  std::string const problem =
      R"({"type":"/problems/not_found","title":"t","status":404,"detail":"no such tenant",)"
      R"("code":"not_found","correlation_id":"0af7651916cd43dd8448eb211c80319c"})";
  CannedServer server({{.status = 404, .body = problem}});
  Ran const ran = run_tally({"budget", "grant", "nosuch", "1"}, against(server));
  EXPECT_EQ(ran.code, ExitCode::no);
  EXPECT_TRUE(contains(ran.err, "not_found: no such tenant")) << ran.err;
  EXPECT_TRUE(contains(ran.err, "tally tenant list")) << ran.err;
}

TEST(Mode, IsShownWithItsReasonAndSetWithOne) {
  CannedServer shown({{.status = 200,
                       .body = R"({"mode":"normal","scopes":[{"mode":"safe",)"
                               R"("scope":"tenant:acme","reason":"the bill",)"
                               R"("since":"2026-11-28T10:03:21.123456Z"}]})"}});
  Ran const ran = run_tally({"mode"}, against(shown));
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  EXPECT_TRUE(contains(ran.out, "tenant:acme  safe  2026-11-28 10:03:21  the bill\n")) << ran.out;
  CannedServer set({{.status = 200, .body = R"({"outcome":"done"})"}});
  EXPECT_EQ(run_tally({"mode", "safe", "--tenant", "acme", "--reason", "r"}, against(set)).out,
            "tenant:acme is in safe mode\n");
  EXPECT_TRUE(
      contains(set.requests().at(0), R"({"mode":"safe","scope":"tenant:acme","reason":"r"})"));
}

TEST(Mode, OfAScopeThatThereIsNotNamesItAndSaysWhichThereAre) {
  CannedServer server(
      {{.status = 404,
        .body = R"({"type":"/problems/not_found","title":"t","status":404,"detail":"no tenant has )"
                R"(this name; there are: acme","code":"not_found",)"
                R"("correlation_id":"0af7651916cd43dd8448eb211c80319c"})"}});
  Ran const ran =
      run_tally({"mode", "safe", "--tenant", "nosuch", "--reason", "r"}, against(server));
  EXPECT_EQ(ran.code, ExitCode::no);
  EXPECT_TRUE(
      contains(ran.err, "there is no tenant:nosuch: no tenant has this name; there are: acme\n"))
      << ran.err;
  EXPECT_TRUE(contains(ran.err, "tally tenant list shows the tenants")) << ran.err;
}

TEST(Halted, SaysWhoHasToActAndByWhichCommand) {
  CannedServer server(
      {{.status = 503,
        .body = R"({"type":"/problems/halted","title":"t","status":503,"detail":"d",)"
                R"("code":"halted","correlation_id":"0af7651916cd43dd8448eb211c80319c",)"
                R"("scope":"tenant:acme","mode":"safe","reason":"run_00000000000000ab waits",)"
                R"("since":"2026-11-28T10:03:21.123456Z","run_id":"run_00000000000000ab",)"
                R"("ends_by_itself":false})"}});
  Ran const ran = run_tally({"run", "show", std::string(kFirst)}, against(server));
  EXPECT_EQ(ran.code, ExitCode::no);
  EXPECT_TRUE(contains(ran.err, "tenant:acme is in safe mode since")) << ran.err;
  EXPECT_TRUE(contains(ran.err, "it does not end by itself")) << ran.err;
  EXPECT_TRUE(contains(ran.err, "tally why run_00000000000000ab")) << ran.err;
  EXPECT_TRUE(contains(ran.err, "tally resume --tenant acme --reason TEXT")) << ran.err;
}

TEST(Timeline, IsALineForEachEventWithTimesAndAmounts) {
  std::string const leaf =
      R"({"at":1796000601123456,"type":"run.settled","run_id":"run_0123456789abcdef","body":)"
      R"({"phase":"failed","reason":"failed","error_code":"timeout","postings":)"
      R"([{"account":"held","delta":-50000},{"account":"available","delta":50000}]}})";
  std::string const body =
      fmt::format(R"({{"correlation_id":"0af7651916cd43dd8448eb211c80319c","events":)"
                  R"([{{"seq":7,"leaf_sha256":"{:064}","event":{}}}],"truncated":false}})",
                  0, leaf);
  CannedServer server({{.status = 200, .body = body}});
  Ran const ran = run_tally({"timeline", "0af7651916cd43dd8448eb211c80319c"}, against(server));
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  EXPECT_TRUE(contains(ran.out,
                       "    7  run.settled  run_0123456789abcdef  failed; timeout; "
                       "held -0.0500, available +0.0500\n"))
      << ran.out;
  CannedServer again({{.status = 200, .body = body}});
  EXPECT_EQ(
      run_tally({"timeline", "0af7651916cd43dd8448eb211c80319c", "--json"}, against(again)).out,
      body + "\n");
}

}  // namespace tally::cli
