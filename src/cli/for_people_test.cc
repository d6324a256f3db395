// What a server sends, in words for people: no text of somebody's forges a line or moves the
// cursor.

#include <gtest/gtest.h>

#include "cli/canned_server_fixture.h"
#include "cli/console.h"
#include "cli/program_fixture.h"

namespace tally::cli {
namespace {

World against(CannedServer const& server) {
  return {.environment = {.server = server.url(), .key = "tk_x"}, .input = "{}"};
}

std::string const kPeople =
    R"({"people":[{"person":"eve","name":"Eve\nbob  Bob B.  admin","roles":["viewer"],)"
    R"("added_by":"ann","added_at":"2026-11-28T10:03:21.123456Z"}]})";

TEST(WordsForPeople, ShowANameOfTwoLinesAsOne) {
  CannedServer server({{.status = 200, .body = kPeople}});
  Ran const ran = run_tally({"person", "list"}, against(server));
  EXPECT_TRUE(contains(ran.out, "\neve     \"Eve\\\\x0abob  Bob B.  admin\"  viewer  ann "))
      << ran.out << ran.err;
  CannedServer again({{.status = 200, .body = kPeople}});
  EXPECT_EQ(run_tally({"person", "list", "--json"}, against(again)).out, kPeople + "\n");
}

TEST(WordsForPeople, ShowNoEscapeSequenceOfAReason) {
  CannedServer server({{.status = 200,
                        .body = R"({"mode":"stop","scopes":[{"mode":"stop","scope":"everything",)"
                                R"("reason":"\u001b[2Kall \u202ewell\u0000\u009b",)"
                                R"("since":"2026-11-28T10:03:21.123456Z"}]})"}});
  Ran const ran = run_tally({"mode"}, against(server));
  EXPECT_TRUE(contains(ran.out, "\\x1b[2Kall \\xe2\\x80\\xaewell\\x00\\xc2\\x9b\n")) << ran.out;
}

TEST(WordsForPeople, ShowNoForgedLineOfAProblem) {
  CannedServer server(
      {{.status = 409,
        .body =
            R"({"type":"/problems/conflict","title":"t","status":409,"detail":"no\n  next: rm",)"
            R"("code":"conflict","correlation_id":"0af7651916cd43dd8448eb211c80319c"})"}});
  Ran const ran = run_tally({"withdraw", "apr_00000000000000aa"}, against(server));
  EXPECT_TRUE(contains(ran.err, "no\\x0a  next: rm")) << ran.err;
}

TEST(WordsForPeople, KeepTheLinesOfTheEndOfStderr) {
  CannedServer server(
      {{.status = 200,
        .body =
            R"({"errors":[{"error_id":"err_0123456789ab","timestamp":)"
            R"("2026-11-28T10:03:21.123456Z","layer":"L5","component":"c",)"
            R"("error_class":"infra.x","severity":"ERROR","message":"one\ntwo",)"
            R"("correlation_id":null,"decision_id":null,"run_id":null,"agent_id":null,)"
            R"("tenant_id":null,"input_hash":null,"exception_type":"","exception_chain":[],)"
            R"("context":{"stderr_tail":"first\n\u001b[1Asecond\n"},"seq":1}],"next":null,)"
            R"("as_of":null,"as_of_seq":2,"complete_from":0,"health":"current","lag_events":0})"}});
  Ran const ran = run_tally({"errors"}, against(server));
  EXPECT_TRUE(contains(ran.out, "one\\x0atwo")) << ran.out << ran.err;
  EXPECT_TRUE(contains(ran.out, "  stderr: first\n  stderr: \\x1b[1Asecond\n")) << ran.out;
}

TEST(WordsForPeople, OfOurOwnMoveNoCursorEither) {
  std::istringstream in;
  std::ostringstream out, err;
  Console console({.in = in, .out = out, .err = err}, true);
  console.complain("no file a\x1b[2K", "look\nat b\r");
  console.note("c\xc2\x9b");
  EXPECT_EQ(err.str(), "tally: no file a\\x1b[2K\n  next: look\nat b\\x0d\nc\\xc2\\x9b\n");
}

std::string modes(std::string_view mode, std::string_view more) {
  return fmt::format(R"({{"mode":"{0}","scopes":[{{"mode":"{0}","scope":"everything",)"
                     R"("reason":"r","since":"2026-11-28T10:03:21.123456Z"{1}}}]}})",
                     mode, more);
}

std::string said_of(std::string_view mode, std::string_view more) {
  CannedServer server({{.status = 200, .body = modes(mode, more)}});
  return run_tally({"mode"}, against(server)).out;
}

TEST(Modes, NameTheCommandThatWorksFromTheOneThatStands) {
  auto const halt = said_of("halt", R"(,"next_mode":"safe")");
  EXPECT_TRUE(contains(halt,
                       "tally mode safe --reason TEXT; safe mode then stands for 48 h, and "
                       "after that tally resume --reason TEXT\n"))
      << halt;
  auto const safe = said_of("safe", R"(,"safe_until":"2026-11-30T10:00:00Z")");
  EXPECT_TRUE(contains(safe, "a person ends it: from 2026-11-30T10:00:00.000000Z on tally resume"))
      << safe;
  EXPECT_FALSE(contains(safe, "tally mode")) << safe;
  auto const stop = said_of("stop", R"(,"next_mode":"normal")");
  EXPECT_TRUE(contains(stop, "a person ends it: tally resume --reason TEXT\n")) << stop;
  auto const again = said_of("stop", R"(,"next_mode":"safe","safe_until":"2026-11-30T10:00:00Z")");
  EXPECT_TRUE(contains(again, "tally mode safe --reason TEXT; from 2026-11-30T10")) << again;
}

TEST(Halt, SaysInItsHelpThatSafeModeFollowsFor48Hours) {
  Ran const ran = run_tally({"halt", "--help"}, {});
  EXPECT_TRUE(contains(ran.out, "48 h")) << ran.out;
}

TEST(Halted, NamesSafeModeWhereNothingElseLeavesTheHalt) {
  CannedServer server(
      {{.status = 503,
        .body = R"({"type":"/problems/halted","title":"t","status":503,"detail":"d",)"
                R"("code":"halted","correlation_id":"0af7651916cd43dd8448eb211c80319c",)"
                R"("scope":"everything","mode":"halt","reason":"r",)"
                R"("since":"2026-11-28T10:03:21.123456Z","ends_by_itself":false,)"
                R"("next_mode":"safe"})"}});
  Ran const ran = run_tally({"run", "show", "run_0123456789abcdef"}, against(server));
  EXPECT_TRUE(contains(ran.err, "next: an administrator ends it: tally mode safe --reason TEXT;"))
      << ran.err;
}

constexpr std::string_view kForBob =
    R"({"key_id":"key_00000000000000aa","tenant":"t","owner":"bob","scopes":["approve"],)"
    R"("revoked":false,"expires_at":null)";

TEST(Keys, ForAnotherPersonNameTheKey) {
  CannedServer server(
      {{.status = 201,
        .body = std::string(kForBob) + R"(,"claim_code":"tc_1",)"
                                       R"("claim_expires_at":"2026-01-04T00:00:00Z"})"}});
  Ran const ran = run_tally(
      {"key", "create", "--tenant", "t", "--person", "bob", "--scope", "approve"}, against(server));
  EXPECT_EQ(ran.out, "tc_1\n");
  EXPECT_TRUE(contains(ran.err, "key_00000000000000aa: the claim code for bob")) << ran.err;
}

TEST(Keys, OfWhoWasRemovedSaySo) {
  CannedServer server({{.status = 200,
                        .body = R"({"keys":[)" + std::string(kForBob) +
                                R"(,"state":"person_removed"},)" + std::string(kForBob) + "}]}"}});
  Ran const ran = run_tally({"key", "list"}, against(server));
  EXPECT_EQ(ran.out,
            "KEY                   TENANT  OWNER  SCOPES   STATE\n"
            "key_00000000000000aa  t       bob    approve  person_removed\n"
            "key_00000000000000aa  t       bob    approve  -\n");
}

TEST(Approvals, SayWhichSettingsOfTheFileAreNotInForce) {
  CannedServer server(
      {{.status = 200,
        .body = R"({"approvals":[],"people":[],"quorum":2,"single_operator":false,)"
                R"("pending_settings":[{"name":"approvals.quorum","in_file":3,"in_force":2,)"
                R"("approval_id":"apr_0000000000000001"}]})"}});
  Ran const ran = run_tally({"approvals"}, against(server));
  EXPECT_TRUE(contains(ran.out,
                       "NAME              IN FILE  IN FORCE  APPROVAL\n"
                       "approvals.quorum        3         2  apr_0000000000000001\n"))
      << ran.out;
}

}  // namespace
}  // namespace tally::cli
