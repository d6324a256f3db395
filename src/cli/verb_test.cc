// Commands that are derived from operations: that there is one for each, what it sends, and how its
// answer looks.

#include "cli/verb.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "cli/canned_server_fixture.h"
#include "cli/command.h"
#include "cli/printed.h"
#include "cli/program_fixture.h"
#include "wire/endpoints.h"

namespace tally::cli {
namespace {

// Operations that no command asks.
std::map<std::string_view, std::string_view> const kWithoutAVerb{
    {"getApiPage", "a page for browsers"},
    {"getPageStyle", "a page for browsers"},
    {"getHomePage", "a page for browsers"},
    {"getEntryBundle", "bytes for monitors; tally ledger verify and prove read the ledger itself"},
    {"getHashTile", "bytes for monitors; tally ledger verify and prove read the ledger itself"},
};

World against(CannedServer const& server) {
  return {.environment = {.server = server.url(), .key = "tk_x"}, .input = "{}"};
}

// What the server was asked, line and body, and what came out.
std::string sent_by(Words const& words) {
  CannedServer server({{.status = 200, .body = "{}"}});
  Ran const ran = run_tally(words, against(server));
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  return server.requests().empty() ? "" : server.requests().front();
}

Ran answered(Words const& words, std::string const& body, int status = 200) {
  CannedServer server({{.status = status, .body = body}});
  return run_tally(words, against(server));
}

TEST(Verbs, ThereIsOneForEveryOperationOrAReason) {
  std::set<std::string_view> paths;
  for (Command const& command : commands()) paths.insert(command.path);
  for (wire::Endpoint const* one : wire::endpoints()) {
    bool const excused = kWithoutAVerb.contains(one->id);
    EXPECT_NE(one->verb.empty(), !excused) << one->id;
    EXPECT_TRUE(excused || paths.contains(command_of(one->verb))) << one->verb;
  }
}

TEST(Verbs, NameTheirArgumentsOnceAndEveryPartOfThePathAmongThem) {
  for (Command const& command : commands()) {
    if (command.operation == nullptr) continue;
    std::set<std::string> names{"json", "server", "ca-file", "data", "idempotency-key", "help"};
    std::string places;
    for (VerbArgument const& one : arguments_of(*command.operation)) {
      EXPECT_TRUE(names.insert(one.name).second) << command.path << ": " << one.name;
      EXPECT_TRUE(one.positional || one.place != Place::path) << command.path << ": " << one.name;
      std::string upper = one.name;
      std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
      if (one.positional) places += " " + upper;
    }
    EXPECT_EQ(std::string(command.path) + places, command.operation->verb);
  }
}

TEST(Verbs, AskTheirOperationByTheirOwnExample) {
  for (Command const& command : commands()) {
    if (command.operation == nullptr) continue;
    Words words = words_of(command.example);
    words.erase(words.begin());
    std::string const method(command.operation->method);
    std::string const pattern(command.operation->pattern);
    EXPECT_TRUE(sent_by(words).starts_with(method + " " + pattern.substr(0, pattern.find('{'))))
        << command.example;
  }
}

TEST(Verbs, SendMembersOfTheBodyByTheirTypes) {
  auto const person = sent_by(
      {"person", "add", "bob", "--name", "Bob B.", "--role", "approver,viewer", "--role", "admin"});
  EXPECT_TRUE(
      contains(person, R"({"person":"bob","name":"Bob B.","roles":["approver","viewer","admin"]})"))
      << person;
  auto const plan = sent_by({"plan", "set", "small", "--rate", R"({"requests":5,"window_s":60})"});
  EXPECT_TRUE(contains(plan, R"({"plan":"small","rate":{"requests":5,"window_s":60}})")) << plan;
  CannedServer server({{.status = 200, .body = "{}"}});
  World world = against(server);
  world.input = R"({"requests":6})";
  EXPECT_EQ(run_tally({"plan", "set", "small", "--rate", "@-"}, world).code, ExitCode::usage);
  world.input = R"({"requests":6,"window_s":1})";
  EXPECT_EQ(run_tally({"plan", "set", "small", "--rate", "@-"}, world).code, ExitCode::yes);
  EXPECT_TRUE(contains(server.requests().at(0), R"("rate":{"requests":6,"window_s":1}})"));
}

TEST(Verbs, TakeCreditsBackFromATenant) {
  auto const sent = sent_by({"budget", "withdraw", "acme", "2.5"});
  EXPECT_TRUE(sent.starts_with("POST /v1/admin/tenants/acme/withdrawals HTTP")) << sent;
  EXPECT_TRUE(contains(sent, R"({"amount_usd":"2.5"})")) << sent;
}

TEST(Verbs, SendParametersInPathAndQuery) {
  auto const removed = sent_by({"person", "remove", "bob"});
  EXPECT_TRUE(removed.starts_with("POST /v1/admin/people/bob/remove HTTP")) << removed;
  auto const events = sent_by({"event", "list", "--from", "7", "--limit", "2"});
  EXPECT_TRUE(events.starts_with("GET /v1/events?from=7&limit=2 ")) << events;
  EXPECT_TRUE(contains(events, "Accept: application/json\r\n")) << events;
  EXPECT_TRUE(contains(sent_by({"server", "metrics"}), "Accept: text/plain; charset=utf-8\r\n"));
}

TEST(Verbs, NeedNoKeyWhereTheOperationIsOpen) {
  CannedServer server({{.status = 200, .body = R"({"status":"healthy"})"}});
  Ran const ran =
      run_tally({"server", "health"}, {.environment = {.server = server.url(), .key = {}}});
  EXPECT_EQ(ran.out, "status  healthy\n") << ran.err;
}

TEST(Verbs, SayWhichArgumentCannotBeAndAskNobody) {
  struct Case {
    Words words;
    std::string_view said;
  };
  for (Case const& one :
       {Case{{"budget", "grant", "acme", "0"}, "budget grant: amount: must be more than zero"},
        Case{{"quorum", "11", "--reason", "r"}, "quorum: quorum: must be "},
        Case{{"quorum", "many", "--reason", "r"}, "quorum: quorum: must be an integer"},
        Case{{"person", "add", "b", "--name", "B", "--role", "king"},
             "person add: --role: must be"},
        Case{{"plan", "set", "small", "--rate", "{"}, "plan set: rate: "},
        Case{{"plan", "set", "small", "--rate", R"({"requests":-1})"}, "plan set: --rate: "},
        Case{{"plan", "set", "small", "--rate", R"({"requests":1})"},
             "plan set: --rate: window_s: is required"},
        Case{{"approve", "run_0123456789abcdef"}, "approve: id: must be an id: \"apr_\""}}) {
    CannedServer server({});
    Ran const ran = run_tally(one.words, against(server));
    EXPECT_EQ(ran.code, ExitCode::usage) << one.said;
    EXPECT_TRUE(ran.err.starts_with("tally: " + std::string(one.said))) << ran.err;
    EXPECT_TRUE(contains(ran.err, "--help shows an example")) << ran.err;
    EXPECT_TRUE(server.requests().empty());
  }
}

TEST(Verbs, HelpHasTheirMembersWithKindsBoundsAndWords) {
  std::string const quorum = run_tally({"quorum", "--help"}).out;
  EXPECT_TRUE(contains(quorum, "people in all, the proposer among them; from 2 to 10")) << quorum;
  std::string const grant = run_tally({"budget", "grant", "--help"}).out;
  EXPECT_TRUE(contains(grant, "amount USD")) << grant;
  EXPECT_TRUE(contains(run_tally({"plan", "set", "--help"}).out, "count|safe_mode|ignore"));
}

TEST(Answer, OfOneThingIsALineForEachMember) {
  Ran const ran = answered(
      {"budget", "grant", "acme", "1", "--idempotency-key", "k"},
      R"({"tenant":"acme","plan":"small","granted_usd":"1.0000","available_usd":"0.5000",)"
      R"("held_usd":"0.0000","spent_usd":"0.5000","overrun_usd":"0.0000","runs_live":0,)"
               R"("more":null})",
      201);
  EXPECT_EQ(ran.out,
            "tenant     acme\n"
            "plan       small\n"
            "granted    1.0000 USD\n"
            "available  0.5000 USD\n"
            "held       0.0000 USD\n"
            "spent      0.5000 USD\n"
            "overrun    0.0000 USD\n"
            "runs live  0\n")
      << ran.err;
}

TEST(Answer, OfAListIsATableOfWhatItsItemsSay) {
  Ran const ran = answered(
      {"job", "list"},
      R"({"jobs":[{"job":"a","version":"1","price_fixed_usd":"10.0000","timeout_s":5,"new":"x"},)"
      R"({"job":"b","version":"","price_fixed_usd":"0.5000","timeout_s":30}]})");
  EXPECT_EQ(ran.out,
            "JOB  VERSION  TIMEOUT  PRICE FIXED (USD)  NEW\n"
            "a    1              5            10.0000  x\n"
            "b    -             30             0.5000  -\n")
      << ran.err;
  EXPECT_EQ(answered({"job", "list"}, R"({"jobs":[]})").out, "no jobs\n");
}

TEST(Answer, OfAListThatIsTooWideIsAnItemAfterTheOther) {
  std::string const reason(kTableCharactersMax, 'r');
  Ran const ran = answered(
      {"approvals"}, R"({"approvals":[{"approval_id":"apr_00000000000000aa","reason":")" + reason +
                         R"("},{"approval_id":"apr_00000000000000ab"}],"quorum":2})");
  EXPECT_EQ(ran.out, "approval  apr_00000000000000aa\nreason    " + reason +
                         "\n\napproval  apr_00000000000000ab\nquorum  2\n");
}

TEST(Answer, ThatIsNoJsonIsPrintedAsItCame) {
  EXPECT_EQ(answered({"server", "metrics"}, "# HELP a\na 1\n").out, "# HELP a\na 1\n");
}

TEST(Answer, ThatWaitsForOthersIsFive) {
  constexpr std::string_view kWaits =
      R"({"outcome":"needs_approval","approval_id":"apr_00000000000000aa","what":"remove bob"})";
  Ran const ran = answered({"person", "remove", "bob"}, std::string(kWaits), 202);
  EXPECT_EQ(ran.code, ExitCode::waiting);
  EXPECT_EQ(ran.out, "waiting for approval: apr_00000000000000aa (remove bob)\n");
  EXPECT_TRUE(contains(ran.err, "tally approve apr_00000000000000aa")) << ran.err;
  Ran const json = answered({"person", "remove", "bob", "--json"}, std::string(kWaits), 202);
  EXPECT_EQ(json.code, ExitCode::waiting);
  EXPECT_EQ(json.out, std::string(kWaits) + "\n");
}

}  // namespace
}  // namespace tally::cli
