#include "cli/program.h"

#include <gtest/gtest.h>

#include "cli/canned_server_fixture.h"
#include "cli/command.h"
#include "cli/program_fixture.h"

namespace tally::cli {
namespace {

// A port where nobody listens any more.
std::string closed_url() { return CannedServer({}).url(); }

World keyed(std::string url) { return {.environment = {.server = std::move(url), .key = "tk_x"}}; }

constexpr std::string_view kRun = "run_0123456789abcdef";

// An example as a shell takes it apart. What it reads from a file comes from stdin here.
Words words_of_example(std::string_view example) {
  Words words;
  bool quoted = false;
  bool begun = false;
  for (char const c : example) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ' ' && !quoted) {
      begun = false;
    } else {
      if (!begun) words.emplace_back();
      begun = true;
      words.back() += c;
    }
  }
  for (std::size_t i = 1; i < words.size(); ++i)
    if (words[i - 1] == "--input") words[i] = "-";
  words.erase(words.begin());  // "tally"
  return words;
}

// Every command that asks a server, as its example shows it, and some other forms.
std::vector<Words> online_commands() {
  std::vector<Words> all{
      {"run", "submit", "--job", "j", "--input", "-", "--max-cost", "0.05", "--dry-run"},
      {"why", "--idempotency-key", "some-key"},
      {"timeline", "0af7651916cd43dd8448eb211c80319c"},
      {"mode"},
  };
  for (Command const& command : commands())
    if (command.reach != Reach::nothing && command.reach != Reach::data)
      all.push_back(words_of_example(command.example));
  return all;
}

}  // namespace

TEST(Help, ShowsAnExampleFirstForEveryCommand) {
  for (Command const& command : commands()) {
    Words words = words_of(command.path);
    words.push_back("--help");
    Ran const ran = run_tally(words);
    EXPECT_EQ(ran.code, ExitCode::yes) << command.path;
    EXPECT_TRUE(ran.out.starts_with("Example:\n  " + std::string(command.example) + "\n"))
        << command.path << ": " << ran.out;
    EXPECT_TRUE(contains(ran.out, "--json")) << command.path;
    EXPECT_EQ(ran.err, "");
  }
}

TEST(Help, ExamplesBeginWithTheirOwnCommand) {
  for (Command const& command : commands())
    EXPECT_TRUE(command.example.starts_with("tally " + std::string(command.path)))
        << command.example;
}

TEST(Help, ListsAllCommandsAndThoseOfAGroup) {
  Ran const all = run_tally({"--help"});
  EXPECT_EQ(all.code, ExitCode::yes);
  for (Command const& command : commands())
    EXPECT_TRUE(contains(all.out, command.summary)) << command.path;
  Ran const group = run_tally({"ledger", "--help"});
  EXPECT_TRUE(contains(group.out, "ledger prove"));
  EXPECT_FALSE(contains(group.out, "budget grant"));
}

TEST(Usage, WrongArgumentsAreTwoAndSayWhatToDoNext) {
  std::string const run(kRun);
  std::vector<Words> const wrong{
      {},
      {"runn"},
      {"run"},
      {"run", "submitt"},
      {"serve", "--port", "1"},
      {"version", "extra"},
      {"run", "submit", "--input", "-", "--max-cost", "1"},
      {"run", "submit", "--job", "Bad Name", "--input", "-", "--max-cost", "1"},
      {"run", "submit", "--job", "j", "--input", "-", "--max-cost", "1.1234567"},
      {"run", "submit", "--job", "j", "--input", "-", "--max-cost", "1", "--timeout", "0"},
      {"run", "submit", "--job", "j", "--input", "-", "--max-cost", "1", "--label", "x"},
      {"run", "show"},
      {"run", "show", "run_12"},
      {"run", "show", run, "--wait", "61"},
      {"run", "list", "--status", "lost"},
      {"run", "list", "--limit", "many"},
      {"run", "list", "--label", "red"},
      {"run", "resolve", run, "--charge", "0.01"},
      {"run", "resolve", run, "--reason", "r"},
      {"why"},
      {"why", run, "--idempotency-key", "k"},
      {"timeline"},
      {"timeline", "some-key"},
      {"tenant", "create"},
      {"tenant", "create", "."},
      {"tenant", "create", ".."},
      {"mode", "stop"},
      {"mode", "fast", "--reason", "r"},
      {"mode", "--tenant", "t"},
      {"run", "cancel", "dec_0123456789abcdef"},
      {"run", "result"},
      {"budget", "grant", "default", "-1"},
      {"budget", "grant", "default"},
      {"budget", "show", "--tenant", "A"},
      {"key", "create", "--tenant", "t"},
      {"key", "create", "--tenant", "t", "--scope", "everything"},
      {"key", "create", "--tenant", "t", "--scope", "work", "--expires", "tomorrow"},
      {"key", "list", "x"},
      {"key", "revoke", "tk_secret"},
      {"halt", "--mode", "normal", "--reason", "r"},
      {"halt", "--mode", "stop"},
      {"halt", "--mode", "stop", "--reason", "r", "--job", "j", "--tenant", "t"},
      {"resume"},
      {"approve", "run_0123456789abcdef"},
      {"approvals", "--all"},
      {"ledger", "verify", "extra"},
      {"ledger", "cat", "--from", "-1"},
      {"ledger", "cat", "--run", "1"},
      {"ledger", "checkpoint", "--from", "1"},
      {"ledger", "prove", "one"},
      {"ledger", "prove"},
      {"ledger", "prove", "1", "--check", "a", "b"},
      {"ledger", "prove", "--check", "a", "b"},
      {"replay"},
      {"replay", "--all", "--run", run},
      {"replay", "--decision-id", "12"},
      {"layers", "check", "--rot", "."},
  };
  for (Words const& words : wrong) {
    Ran const ran = run_tally(words, keyed(closed_url()));
    EXPECT_EQ(ran.code, ExitCode::usage) << fmt::format("{}", fmt::join(words, " ")) << ran.err;
    EXPECT_EQ(ran.out, "");
    EXPECT_TRUE(ran.err.starts_with("tally: ")) << ran.err;
    EXPECT_TRUE(contains(ran.err, "\n  next: ")) << ran.err;
  }
}

TEST(Usage, SaysWhichCommandAndWhichArgument) {
  EXPECT_EQ(run_tally({}).err,
            "tally: a command is required\n  next: tally --help shows an example\n");
  EXPECT_EQ(run_tally({"ledger", "cat", "--from", "x"}).err,
            "tally: ledger cat: --from: must be a whole number\n"
            "  next: tally ledger cat --help shows an example\n");
}

TEST(Usage, GuessesWhatWasMeant) {
  EXPECT_TRUE(contains(run_tally({"ledgr", "verify"}).err, "did you mean ledger?"));
  EXPECT_TRUE(contains(run_tally({"run", "submitt"}).err, "did you mean submit?"));
  EXPECT_TRUE(contains(run_tally({"approvals", "--jsno"}).err, "did you mean --json?"));
  // Also where an option that is required is missing for it.
  EXPECT_TRUE(contains(run_tally({"halt", "--mode", "safe", "--reson", "x"}).err,
                       "halt: there is no option --reson; did you mean --reason?"));
  EXPECT_TRUE(contains(run_tally({"halt", "--mode", "safe"}).err, "--reason is required"));
}

TEST(Online, NobodyListeningIsFourForEveryCommand) {
  auto const all = online_commands();
  ASSERT_GT(all.size(), 20u);
  for (Words const& words : all) {
    World world = keyed(closed_url());
    world.input = "{}";
    Ran const ran = run_tally(words, world);
    EXPECT_EQ(ran.code, ExitCode::failed) << fmt::format("{}", fmt::join(words, " ")) << ran.err;
    EXPECT_EQ(ran.out, "");
    EXPECT_TRUE(contains(ran.err, *world.environment.server)) << ran.err;
    EXPECT_TRUE(contains(ran.err, "tally serve")) << ran.err;
  }
}

TEST(Online, TheServerOptionIsStrongerThanTheEnvironment) {
  std::string const url = closed_url();
  Ran const ran = run_tally({"budget", "show", "--server", url}, keyed("http://127.0.0.1:1"));
  EXPECT_TRUE(contains(ran.err, url)) << ran.err;
}

TEST(Online, AServerThatIsNoUrlIsAMatterOfConfiguration) {
  EXPECT_EQ(run_tally({"budget", "show"}, keyed("localhost")).code, ExitCode::usage);
}

TEST(Online, WithoutAKeyNothingIsAsked) {
  Ran const ran = run_tally({"budget", "show", "--data", "/nonexistent"},
                            {.environment = {.server = closed_url(), .key = {}}});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_TRUE(contains(ran.err, "TALLY_KEY is not set")) << ran.err;
  EXPECT_TRUE(contains(ran.err, "/nonexistent/operator.key")) << ran.err;
}

TEST(Version, IsSaidBothWays) {
  EXPECT_EQ(run_tally({"--version"}).out, run_tally({"version"}).out);
  EXPECT_EQ(run_tally({"version", "--json"}).out, "{\"version\":\"0.1.0\"}\n");
}

TEST(Layers, SpeakOfTheTreeThatIsNamed) {
  Ran const ours = run_tally({"layers", "check", "--root", "/nonexistent", "--json"});
  EXPECT_EQ(ours.code, ExitCode::usage);
  EXPECT_TRUE(contains(ours.err, "--root")) << ours.err;
}

TEST(Color, IsForTerminalsThatWantIt) {
  constexpr std::string_view kEscape = "\x1b[31m";
  EXPECT_FALSE(contains(run_tally({"runn"}).err, kEscape));
  EXPECT_TRUE(contains(run_tally({"runn"}, {.environment = {}, .terminal = true}).err, kEscape));
  World const plain{.environment = {.server = {}, .key = {}, .no_color = true}, .terminal = true};
  EXPECT_FALSE(contains(run_tally({"runn"}, plain).err, kEscape));
}

}  // namespace tally::cli
