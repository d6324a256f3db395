// Commands under an idempotency key: one that was used before says so, and does not look like done
// again; one that cannot be a key is refused where it is given.

#include <gtest/gtest.h>

#include "cli/canned_server_fixture.h"
#include "cli/command.h"
#include "cli/program_fixture.h"

namespace tally::cli {
namespace {

using Words = std::vector<std::string>;

// An answer that its key got before.
CannedAnswer again(int status, std::string_view body) {
  return {.status = status,
          .body = std::string(body),
          .fields =
              "Idempotent-Replayed: true\r\n"
              "Idempotent-Answered-At: 2026-11-28T10:03:21.123456Z\r\n"};
}

Ran run_against(CannedServer const& server, Words words) {
  return run_tally(std::move(words),
                   {.environment = {.server = server.url(), .key = "tk_x"}, .input = "{}"});
}

constexpr std::string_view kSaid =
    "repeated: this was answered at 2026-11-28 10:03:21 UTC; nothing was done again\n";
constexpr std::string_view kDone = R"({"outcome":"done","idempotent_replay":true})";
constexpr std::string_view kBudget =
    R"({"tenant":"t","plan":"p","granted_usd":"1.0000","available_usd":"1.0000",)"
    R"("held_usd":"0.0000","spent_usd":"0.0000","overrun_usd":"0.0000","runs_live":0,)"
    R"("idempotent_replay":true})";
constexpr std::string_view kKey =
    R"({"key_id":"key_00000000000000aa","tenant":"t","owner":"p","scopes":["work"],)"
    R"("revoked":false,"expires_at":null)";

}  // namespace

TEST(Repeated, IsSaidOnceForEveryVerbThatChangesSomething) {
  struct Case {
    Words words;
    int status;
    std::string_view body;
  };
  for (Case const& one : {Case{{"halt", "--mode", "stop", "--reason", "r"}, 200, kDone},
                          Case{{"resume", "--reason", "r"}, 200, kDone},
                          Case{{"mode", "safe", "--reason", "r"}, 200, kDone},
                          Case{{"quorum", "3", "--reason", "r"}, 200, kDone},
                          Case{{"person", "remove", "bob"}, 200, kDone},
                          Case{{"approve", "apr_00000000000000aa"}, 200, kDone},
                          Case{{"budget", "grant", "t", "1.00"}, 201, kBudget},
                          Case{{"tenant", "create", "t"}, 201, R"({"tenant":"t","plan":"p"})"}}) {
    CannedServer server({again(one.status, one.body)});
    Words words = one.words;
    words.insert(words.end(), {"--idempotency-key", "k"});
    Ran const ran = run_against(server, words);
    EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
    EXPECT_TRUE(ran.err.starts_with(kSaid)) << words.front() << ": " << ran.err;
    for (std::string_view const twice : {"nothing was done again", "idempotent replay"})
      EXPECT_FALSE(contains(ran.out, twice)) << words.front() << ": " << ran.out;
  }
}

TEST(Repeated, ModeLeadsToWhatIsInForceNow) {
  CannedServer server({again(200, kDone)});
  Ran const ran =
      run_against(server, {"halt", "--mode", "stop", "--reason", "r", "--idempotency-key", "k"});
  EXPECT_TRUE(contains(ran.err, "next: tally mode shows what is in force now")) << ran.err;
}

TEST(Repeated, AnswerIsKeptAsJsonAsTheServerGivesIt) {
  CannedServer server({again(201, kBudget)});
  Ran const ran =
      run_against(server, {"budget", "grant", "t", "1.00", "--idempotency-key", "k", "--json"});
  EXPECT_EQ(ran.out, std::string(kBudget) + "\n");
  EXPECT_EQ(ran.err, kSaid);
}

TEST(Repeated, KeyCreationHasNoTokenToGiveAndFails) {
  for (bool const json : {false, true}) {
    CannedServer server({again(201, std::string(kKey) + R"(,"idempotent_replay":true})")});
    Words words{"key", "create", "--tenant", "t", "--scope", "work", "--idempotency-key", "k"};
    if (json) words.push_back("--json");
    Ran const ran = run_against(server, words);
    EXPECT_EQ(ran.code, ExitCode::no);
    EXPECT_EQ(ran.out.empty(), !json) << ran.out;
    EXPECT_TRUE(contains(ran.err, "its token was shown then, once")) << ran.err;
    EXPECT_TRUE(contains(ran.err, "tally key revoke key_00000000000000aa")) << ran.err;
  }
}

TEST(Repeated, NothingIsSaidOfAFirstAnswer) {
  CannedServer server({{.status = 200, .body = R"({"outcome":"done"})"}});
  Ran const ran =
      run_against(server, {"halt", "--mode", "stop", "--reason", "r", "--idempotency-key", "k"});
  EXPECT_EQ(ran.out, "everything is in stop mode\n");
  EXPECT_EQ(ran.err, "");
}

TEST(IdempotencyKeyOption, IsOfferedByWhatChangesSomethingAndByNothingElse) {
  for (Command const& command : commands()) {
    Words words;
    for (std::string_view path = command.path; !path.empty();) {
      auto const space = std::min(path.find(' '), path.size());
      words.emplace_back(path.substr(0, space));
      path.remove_prefix(std::min(space + 1, path.size()));
    }
    words.push_back("--help");
    bool const offers = contains(run_tally(words).out, "--idempotency-key");
    // What tally why asks about may be such a key itself.
    EXPECT_EQ(offers, command.reach == Reach::changes || command.path == "why") << command.path;
  }
  for (Words const& words : std::vector<Words>{{"budget", "show", "--idempotency-key", "k"},
                                               {"run", "list", "--idempotency-key", "k"},
                                               {"mode", "--idempotency-key", "k"}})
    EXPECT_EQ(run_tally(words, {.environment = {.server = {}, .key = "tk_x"}}).code,
              ExitCode::usage)
        << words.front();
}

TEST(IdempotencyKeyOption, AndItsShortFormAreNotBothGiven) {
  Words const submit{"run", "submit", "--job", "j", "--input", "-", "--max-cost", "1"};
  Words both = submit;
  both.insert(both.end(), {"--key", "a", "--idempotency-key", "b"});
  CannedServer server({});
  Ran const ran = run_against(server, both);
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_TRUE(contains(ran.err, "--key and --idempotency-key")) << ran.err;
  EXPECT_TRUE(server.requests().empty());
}

TEST(IdempotencyKeyOption, IsTheKeyOfASubmitToo) {
  CannedServer server({{.status = 500, .body = "{}"}});
  Ran const ran = run_against(server, {"run", "submit", "--job", "j", "--input", "-", "--max-cost",
                                       "1", "--idempotency-key", "mine"});
  EXPECT_TRUE(contains(server.requests().at(0), "Idempotency-Key: mine\r\n"))
      << server.requests().at(0);
  EXPECT_TRUE(contains(ran.err, "with --idempotency-key mine it is safe to ask again")) << ran.err;
}

TEST(IdempotencyKeyOption, SaysWhatAKeyMayHoldAndShowsNoControlCharacter) {
  CannedServer server({});
  for (std::string const& bad : {std::string("a\tb"), std::string("a\nb"), std::string("\xc3\xa9"),
                                 std::string(), std::string(256, 'k')}) {
    for (char const* option : {"--key", "--idempotency-key"}) {
      Ran const ran = run_against(
          server, {"run", "submit", "--job", "j", "--input", "-", "--max-cost", "1", option, bad});
      EXPECT_EQ(ran.code, ExitCode::usage) << bad;
      EXPECT_TRUE(contains(ran.err, "must have 1 to 255 characters, all of them printable ASCII"))
          << ran.err;
      EXPECT_FALSE(contains(ran.err, "\t")) << ran.err;
    }
  }
  EXPECT_TRUE(server.requests().empty());
}

TEST(IdempotencyKeyOption, IsSentInQuotesWhereAHeaderWouldBeReadOtherwise) {
  for (auto const& [given, sent] : {std::pair("a,b", R"("a,b")"), std::pair(R"("ab")", "ab"),
                                    std::pair("a b", "a b"), std::pair(R"("a)", R"("\"a")")}) {
    CannedServer server({{.status = 200, .body = std::string(kDone)}});
    run_against(server, {"approve", "apr_00000000000000aa", "--idempotency-key", given});
    EXPECT_TRUE(contains(server.requests().at(0), fmt::format("Idempotency-Key: {}\r\n", sent)))
        << server.requests().at(0);
  }
}

TEST(Submit, OfALabelWithTwoValuesIsNotSent) {
  CannedServer server({});
  Ran const ran = run_against(server, {"run", "submit", "--job", "j", "--input", "-", "--max-cost",
                                       "1", "--label", "a=1", "--label", "a=2"});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_TRUE(contains(ran.err, "the label a is given twice")) << ran.err;
}

TEST(Token, ThatNoKeyLooksLikeIsNotSent) {
  CannedServer server({});
  Ran const ran =
      run_tally({"budget", "show"}, {.environment = {.server = server.url(), .key = "tk_a\ttk_b"}});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_TRUE(contains(ran.err, "TALLY_KEY holds a blank")) << ran.err;
}

}  // namespace tally::cli
