#include "cli/online.h"

#include <gtest/gtest.h>

#include <fstream>

#include "cli/canned_server_fixture.h"
#include "cli/ledger_fixture.h"
#include "cli/program_fixture.h"
#include "json/value.h"

namespace tally::cli {
namespace {

World against(CannedServer const& server, std::string input = "{}") {
  return {.environment = {.server = server.url(), .key = "tk_x"}, .input = std::move(input)};
}

constexpr std::string_view kRunId = "run_0123456789abcdef";

std::string problem(std::string_view code, int status, std::string_view more = "") {
  return fmt::format(
      R"({{"type":"/problems/{0}","title":"t","status":{1},"detail":"the detail","code":"{0}",)"
      R"("correlation_id":"0af7651916cd43dd8448eb211c80319c"{2}}})",
      code, status, more);
}

std::string accepted() {
  return fmt::format(
      R"({{"run_id":"{}","status":"queued","job":"j","cost":{{"held_usd":"0.0500"}},)"
      R"("budget":{{"available_usd":"9.0000","held_usd":"0.0500","spent_usd":"0.0000"}},)"
      R"("links":{{"self":"/s","result":"/r"}},"evidence":{{"ledger":"ldg_0123456789abcdef",)"
      R"("seq":12,"leaf_sha256":"{}"}},"correlation_id":"0af7651916cd43dd8448eb211c80319c",)"
      R"("idempotent_replay":false}})",
      kRunId, std::string(64, 'a'));
}

std::string run_of(std::string_view status, std::string_view result = "null") {
  return fmt::format(
      R"({{"run_id":"{}","status":"{}","job":"j","job_hash":"sha256:{}","attempts":1,)"
      R"("cost":{{"max_usd":"0.0500","held_usd":"0.0000","charged_usd":"0.0010",)"
      R"("released_usd":"0.0490","overrun_usd":"0.0000","unaccounted_usd":"0.0000"}},)"
      R"("receipt":null,"result":{},)"
      R"("error":null,"cancel_requested":false,"labels":{{}},"sandbox":"","timeout_s":30,)"
      R"("created_at":"2026-01-01T00:00:00Z","links":{{"self":"/s","result":"/r"}},)"
      R"("correlation_id":"0af7651916cd43dd8448eb211c80319c"}})",
      kRunId, status, std::string(64, 'b'), result);
}

std::string result_of(std::string_view content) {
  return fmt::format(R"({{"ref":"{}","bytes":{}}})", ContentRef(sha256(as_bytes(content))).text(),
                     content.size());
}

std::vector<std::string> const kSubmit{"run",     "submit", "--job",      "j",
                                       "--input", "-",      "--max-cost", "0.05"};

std::vector<std::string> submit_with(std::vector<std::string> const& more) {
  std::vector<std::string> words = kSubmit;
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

TEST(Submit, WritesTheServersAnswerAsJson) {
  CannedServer server({{.status = 202, .body = accepted()}});
  Ran const ran = run_tally(submit_with({"--key", "k1", "--label", "a=1", "--label", "b=2,3",
                                         "--timeout", "9", "--json"}),
                            against(server, R"({"log":"x"})"));
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  EXPECT_EQ(ran.out, accepted() + "\n");
  EXPECT_EQ(ran.err, "");
  std::string const& sent = server.requests().at(0);
  EXPECT_TRUE(contains(sent, "Idempotency-Key: k1\r\n")) << sent;
  EXPECT_TRUE(contains(sent,
                       R"({"job":"j","input":{"log":"x"},"max_cost_usd":"0.0500","timeout_s":9,)"
                       R"("labels":{"a":"1","b":"2,3"}})"))
      << sent;
}

TEST(Submit, ShowsTheRandomKeyThatItMade) {
  CannedServer server({{.status = 202, .body = accepted()}});
  Ran const ran = run_tally(kSubmit, against(server));
  ASSERT_TRUE(ran.err.starts_with("idempotency key cli-")) << ran.err;
  std::string const key = ran.err.substr(16, ran.err.find('\n') - 16);
  EXPECT_EQ(key.size(), 36u);
  EXPECT_TRUE(contains(server.requests().at(0), "Idempotency-Key: " + key + "\r\n"));
  EXPECT_TRUE(contains(ran.out, kRunId)) << ran.out;
}

TEST(Submit, WaitsOverSeveralPollsAndSaysHowItEnded) {
  for (auto const& [status, code] :
       {std::pair("succeeded", ExitCode::yes), std::pair("failed", ExitCode::no),
        std::pair("audit_required", ExitCode::waiting)}) {
    CannedServer server({{.status = 202, .body = accepted()},
                         {.status = 200, .body = run_of("running")},
                         {.status = 200, .body = run_of(status)}});
    Ran const ran = run_tally(submit_with({"--key", "k", "--wait", "--json"}), against(server));
    EXPECT_EQ(ran.code, code) << ran.err;
    EXPECT_EQ(ran.out, run_of(status) + "\n");
    EXPECT_EQ(server.requests().size(), 3u);
  }
}

TEST(Submit, RefusedForMoneyIsOneWithAllAmounts) {
  std::string const body =
      problem("budget_exceeded", 402,
              R"(,"scope":"tenant:default","limit_usd":"1.0000","spent_usd":"0.9900",)"
              R"("held_usd":"0.0000","available_usd":"0.0100","asked_usd":"0.0500")");
  CannedServer server({{.status = 402, .body = body}});
  Ran const ran = run_tally(submit_with({"--key", "k", "--json"}), against(server));
  EXPECT_EQ(ran.code, ExitCode::no);
  EXPECT_EQ(ran.out, body + "\n");
  EXPECT_TRUE(contains(ran.err, "available 0.0100, asked 0.0500")) << ran.err;
  EXPECT_TRUE(contains(ran.err, "next: Have the budget topped up")) << ran.err;
}

TEST(Submit, InputThatIsNoJsonIsNotSent) {
  CannedServer server({});
  Ran const ran = run_tally(kSubmit, against(server, "{oops"));
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_TRUE(contains(ran.err, "is no JSON")) << ran.err;
  EXPECT_TRUE(server.requests().empty());
}

TEST(Submit, ADryRunThatWouldBeRefusedIsOne) {
  std::string const body =
      fmt::format(R"({{"would_accept":false,"refusal":{},"budget":{{"available_usd":"0.0000",)"
                  R"("held_usd":"0.0000","spent_usd":"0.0000"}},)"
                  R"("correlation_id":"0af7651916cd43dd8448eb211c80319c"}})",
                  problem("budget_exceeded", 402));
  CannedServer server({{.status = 200, .body = body}});
  Ran const ran = run_tally(submit_with({"--dry-run"}), against(server));
  EXPECT_EQ(ran.code, ExitCode::no) << ran.err;
  EXPECT_TRUE(contains(ran.out, "would be refused: budget_exceeded")) << ran.out;
  EXPECT_TRUE(server.requests().at(0).starts_with("POST /v1/runs?dry_run=true "));
}

TEST(Refusals, HaveExitCodesByWhatCanBeDone) {
  struct Case {
    std::string_view code;
    int status;
    ExitCode exit;
  };
  for (Case const& one :
       {Case{"not_found", 404, ExitCode::no}, Case{"auth_invalid", 401, ExitCode::usage},
        Case{"validation_error", 422, ExitCode::usage}, Case{"halted", 503, ExitCode::no},
        Case{"overloaded", 503, ExitCode::failed}, Case{"outcome_unknown", 503, ExitCode::failed},
        Case{"internal", 500, ExitCode::failed}}) {
    CannedServer server({{.status = one.status, .body = problem(one.code, one.status)}});
    Ran const ran = run_tally({"run", "show", std::string(kRunId)}, against(server));
    EXPECT_EQ(ran.code, one.exit) << one.code;
    EXPECT_TRUE(contains(ran.err, fmt::format("{}: the detail", one.code))) << ran.err;
    EXPECT_EQ(ran.out, "");
  }
}

// What is wrong may be the body or the query: both are the request.
TEST(Refusals, WithoutAPointerSpeakOfTheRequest) {
  CannedServer server(
      {{.status = 422,
        .body = problem("validation_error", 422,
                        R"(,"errors":[{"pointer":"","detail":"the query parameter a is given )"
                        R"(twice"},{"pointer":"/b","detail":"is missing"}])")}});
  Ran const ran = run_tally({"run", "show", std::string(kRunId)}, against(server));
  EXPECT_TRUE(
      contains(ran.err, "\n  the request: the query parameter a is given twice\n  /b is missing"))
      << ran.err;
}

TEST(Refusals, NameASingleFaultOnceWithItsPlace) {
  CannedServer server({{.status = 422,
                        .body = problem("validation_error", 422,
                                        R"(,"errors":[{"pointer":"/b","detail":"the detail"}])")}});
  Ran const ran = run_tally({"run", "show", std::string(kRunId)}, against(server));
  EXPECT_TRUE(ran.err.starts_with("tally: validation_error: /b the detail\n  correlation id "))
      << ran.err;
}

TEST(RunResult, WritesWhatHashesToTheReference) {
  CannedServer server({{.status = 200, .body = run_of("succeeded", result_of("42\n"))},
                       {.status = 200, .body = "42\n"}});
  Ran const ran = run_tally({"run", "result", std::string(kRunId)}, against(server));
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  EXPECT_EQ(ran.out, "42\n");
}

TEST(RunResult, RefusesOtherBytesAndWritesNothing) {
  TemporaryFolder const folder;
  CannedServer server({{.status = 200, .body = run_of("succeeded", result_of("42\n"))},
                       {.status = 200, .body = "43\n"}});
  Ran const ran =
      run_tally({"run", "result", std::string(kRunId), "-o", folder.file("r")}, against(server));
  EXPECT_EQ(ran.code, ExitCode::no);
  EXPECT_EQ(ran.out, "");
  EXPECT_TRUE(contains(ran.err, "hashes to sha256:")) << ran.err;
  EXPECT_FALSE(std::filesystem::exists(folder.file("r")));
}

TEST(RunResult, IsInconclusiveWhileTheRunGoesOn) {
  CannedServer server({{.status = 200, .body = run_of("running")}});
  EXPECT_EQ(run_tally({"run", "result", std::string(kRunId)}, against(server)).code,
            ExitCode::inconclusive);
}

TEST(Modes, LeavingOneThatNeedsPeopleIsFive) {
  CannedServer server({{.status = 202,
                        .body = R"({"outcome":"needs_approval",)"
                                R"("approval_id":"apr_00000000000000aa"})"}});
  Ran const ran = run_tally({"resume", "--job", "j", "--reason", "mended"}, against(server));
  EXPECT_EQ(ran.code, ExitCode::waiting);
  EXPECT_TRUE(contains(ran.err, "tally approve apr_00000000000000aa")) << ran.err;
  EXPECT_TRUE(
      contains(server.requests().at(0), R"({"mode":"normal","scope":"job:j","reason":"mended"})"));
}

TEST(Approvals, SayHowManySignaturesAreMissingAndWhoCounts) {
  CannedServer server(
      {{.status = 200,
        .body = R"({"approvals":[{"approval_id":"apr_00000000000000aa","kind":"mode.set",)"
                R"("what":"leave stop for normal","reason":"mended","proposer":"ann","signers":[],)"
                R"("may_sign":["bob"],"quorum":2,"signatures_missing":1,"single_operator":false,)"
                R"("proposed_at":"2026-01-01T00:00:00Z","expires_at":"2026-01-01T00:30:00Z",)"
                R"("mode":"normal","scope":"everything"}],"people":[)"
                R"({"person":"ann","counts":true},{"person":"bob","counts":true},)"
                R"({"person":"cid","counts":false}],"quorum":2,"single_operator":false})"}});
  Ran const ran = run_tally({"approvals"}, against(server));
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  EXPECT_TRUE(contains(ran.out, "what                leave stop for normal\n")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "may sign            bob\n")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "signatures missing  1\n")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "people:\nPERSON  COUNTS\nann     yes\nbob     yes\ncid     no"))
      << ran.out;
}

TEST(Approvals, SayThatOneDecidesAlone) {
  CannedServer server({{.status = 200,
                        .body = R"({"approvals":[],"people":[{"person":"ann","counts":true}],)"
                                R"("quorum":2,"single_operator":true})"}});
  Ran const ran = run_tally({"approvals"}, against(server));
  EXPECT_TRUE(contains(ran.out, "single operator  yes\n")) << ran.out;
}

constexpr std::string_view kForBob =
    R"({"key_id":"key_00000000000000aa","tenant":"t","owner":"bob","scopes":["approve"],)"
    R"("revoked":false,"expires_at":null)";

TEST(Keys, ForAnotherPersonPrintTheClaimCodeAloneOnStdout) {
  CannedServer server(
      {{.status = 201,
        .body = std::string(kForBob) + R"(,"claim_code":"tc_1",)"
                                       R"("claim_expires_at":"2026-01-04T00:00:00Z"})"}});
  Ran const ran = run_tally(
      {"key", "create", "--tenant", "t", "--person", "bob", "--scope", "approve"}, against(server));
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  EXPECT_EQ(ran.out, "tc_1\n");
  EXPECT_TRUE(contains(ran.err, "bob runs tally key claim tc_1")) << ran.err;
}

TEST(Keys, ThatWaitForApprovalAreFive) {
  CannedServer server({{.status = 202,
                        .body = R"({"outcome":"needs_approval",)"
                                R"("approval_id":"apr_00000000000000aa"})"}});
  Ran const ran = run_tally(
      {"key", "create", "--tenant", "t", "--person", "bob", "--scope", "approve"}, against(server));
  EXPECT_EQ(ran.code, ExitCode::waiting);
  EXPECT_TRUE(contains(ran.err, "tally approve apr_00000000000000aa")) << ran.err;
}

TEST(Keys, AreClaimedWithoutAKey) {
  CannedServer server({{.status = 200, .body = std::string(kForBob) + R"(,"token":"tk_new"})"}});
  Ran const ran =
      run_tally({"key", "claim", "tc_1"}, {.environment = {.server = server.url(), .key = {}}});
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  EXPECT_EQ(ran.out, "tk_new\n");
  EXPECT_FALSE(contains(server.requests().at(0), "Authorization")) << server.requests().at(0);
  EXPECT_TRUE(contains(server.requests().at(0), R"({"code":"tc_1"})"));
}

// The lists that help elsewhere need a key, and who claims one has none.
TEST(Keys, ThatAreClaimedWithAWrongCodeNeedNoOtherKeyToGoOn) {
  CannedServer server({{.status = 404, .body = problem("not_found", 404)}});
  Ran const ran =
      run_tally({"key", "claim", "tc_wrong"}, {.environment = {.server = server.url(), .key = {}}});
  EXPECT_EQ(ran.code, ExitCode::no);
  EXPECT_TRUE(contains(ran.err, "the detail")) << ran.err;
  EXPECT_TRUE(contains(ran.err, "ask who made the key")) << ran.err;
  EXPECT_FALSE(contains(ran.err, "tally key list")) << ran.err;
}

TEST(Keys, CreatePrintsTheTokenAloneOnStdout) {
  CannedServer server(
      {{.status = 201,
        .body = R"({"key_id":"key_00000000000000aa","tenant":"t","owner":"p",)"
                R"("scopes":["runs:read","work"],"revoked":false,"expires_at":null,)"
                R"("token":"tk_new"})"}});
  Ran const ran = run_tally({"key", "create", "--tenant", "t", "--person", "p", "--scope",
                             "runs:read,work", "--expires", "2027-01-01T00:00:00Z"},
                            against(server));
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  EXPECT_EQ(ran.out, "tk_new\n");
  std::string const& sent = server.requests().at(0);
  EXPECT_TRUE(contains(sent, R"("owner":"p","scopes":["runs:read","work"])")) << sent;
  EXPECT_TRUE(contains(sent, "2027-01-01T00:00:00")) << sent;
}

constexpr std::string_view kBudget =
    R"({"tenant":"t","plan":"p","granted_usd":"1.0000","available_usd":"1.0000",)"
    R"("held_usd":"0.0000","spent_usd":"0.0000","overrun_usd":"0.0000","runs_live":0})";

TEST(Keys, OfAPostAreMadeAndShownBeforeTheyAreUsed) {
  CannedServer server({{.status = 201, .body = std::string(kBudget)}});
  Ran const ran = run_tally({"budget", "grant", "t", "1.00"}, against(server));
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  ASSERT_TRUE(ran.err.starts_with("idempotency key cli-")) << ran.err;
  std::string const key = ran.err.substr(16, ran.err.find('\n') - 16);
  EXPECT_TRUE(contains(server.requests().at(0), "Idempotency-Key: " + key + "\r\n"));
}

TEST(Keys, OfAPostMayBeGivenSoThatItIsAskedAgain) {
  CannedServer server({{.status = 201, .body = std::string(kBudget)}});
  Ran const ran =
      run_tally({"budget", "grant", "t", "1.00", "--idempotency-key", "k1"}, against(server));
  EXPECT_EQ(ran.err, "");
  EXPECT_TRUE(contains(server.requests().at(0), "Idempotency-Key: k1\r\n"));
}

TEST(Keys, AreSaidAgainWhereTheOutcomeIsUnknown) {
  CannedServer server({{.status = 503, .body = problem("outcome_unknown", 503)}});
  Ran const ran = run_tally({"halt", "--mode", "stop", "--reason", "r"}, against(server));
  EXPECT_EQ(ran.code, ExitCode::failed);
  std::string const key = ran.err.substr(16, ran.err.find('\n') - 16);
  EXPECT_TRUE(contains(ran.err, "with --idempotency-key " + key + " it is safe to ask again"))
      << ran.err;
}

TEST(Keys, AreNotMadeForAQuestion) {
  CannedServer server({{.status = 200, .body = std::string(kBudget)}});
  Ran const ran = run_tally({"budget", "show"}, against(server));
  EXPECT_EQ(ran.err, "");
  EXPECT_FALSE(contains(server.requests().at(0), "Idempotency-Key"));
}

TEST(Budget, IsShownOfATenantNamedAsItsKinHaveItOrByOption) {
  for (Words const& words :
       std::vector<Words>{{"budget", "show", "acme"}, {"budget", "show", "--tenant", "acme"}}) {
    CannedServer server({{.status = 200, .body = std::string(kBudget)}});
    Ran const ran = run_tally(words, against(server));
    EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
    EXPECT_TRUE(server.requests().at(0).starts_with("GET /v1/admin/tenants/acme/budget HTTP"));
  }
  Ran const help = run_tally({"budget", "show", "--help"});
  EXPECT_TRUE(contains(help.out, "[tenant]")) << help.out;
}

TEST(OperatorKey, StandsInWhereTheEnvironmentHasNone) {
  TemporaryFolder const folder;
  std::ofstream(folder.file("operator.key")) << "tk_from_file\n";
  CannedServer server({{.status = 403, .body = problem("forbidden", 403)}});
  Ran const ran = run_tally({"approvals", "--data", folder.path()},
                            {.environment = {.server = server.url(), .key = {}}});
  EXPECT_EQ(ran.code, ExitCode::no);
  EXPECT_TRUE(contains(server.requests().at(0), "Authorization: Bearer tk_from_file\r\n"));
}

}  // namespace tally::cli
