#include "cli/pages.h"

#include <gtest/gtest.h>

#include "cli/command.h"
#include "cli/program_fixture.h"

namespace tally::cli {
namespace {

std::size_t lines_that_begin(std::string const& text, std::string_view with) {
  std::size_t count = text.starts_with(with) ? 1 : 0;
  std::string const next = "\n" + std::string(with);
  for (auto at = text.find(next); at != std::string::npos; at = text.find(next, at + 1)) ++count;
  return count;
}

CommandOutline const kOdd{
    .path = "odd",
    .summary = "Has a \\ and a -",
    .example = ".odd",
    .options = {
        {.names = {"which"}, .kind = "this|that", .about = "Which", .positional = true},
        {.names = {"-o", "--output"}, .kind = "FILE|-", .about = "'here'", .required = true},
        {.names = {"--mode"}, .kind = "safe|stop", .about = "Mode", .many = true},
        {.names = {"--all"}, .kind = "", .about = "All"}}};

}  // namespace

TEST(Outline, HasEveryCommandWithItsOptions) {
  auto const all = outline();
  ASSERT_EQ(all.size(), commands().size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].path, commands()[i].path);
    EXPECT_GE(all[i].options.size(), 2u) << all[i].path;
    for (OptionOutline const& option : all[i].options) {
      ASSERT_FALSE(option.names.empty()) << all[i].path;
      EXPECT_FALSE(option.about.empty()) << all[i].path << " " << option.names.back();
      EXPECT_EQ(option.positional, !option.names.back().starts_with('-')) << option.names.back();
    }
  }
}

TEST(ManualPage, HasASectionForEveryCommandAndALineForEveryExitCode) {
  Ran const ran = run_tally({"manual"});
  EXPECT_EQ(ran.code, ExitCode::yes);
  EXPECT_TRUE(ran.out.starts_with(".TH TALLY 1 "));
  EXPECT_EQ(lines_that_begin(ran.out, ".SS tally "), commands().size());
  EXPECT_TRUE(contains(ran.out, "\\fB\\-\\-max\\-cost\\fR \\fIUSD\\fR"));
  EXPECT_TRUE(contains(ran.out, "\\fB5\\fR\nwaiting for approval\n"));
}

TEST(ManualPage, EscapesWhatRoffWouldRead) {
  std::string const page = manual_page({&kOdd, 1});
  EXPECT_TRUE(contains(page, "Has a \\e and a \\-.\n"));
  EXPECT_TRUE(contains(page, "\n\\&.odd\n"));
  EXPECT_TRUE(contains(page, "\n\\&'here' (required)\n"));
  EXPECT_TRUE(contains(page, ".TP\n\\fIwhich\\fR\n"));
  EXPECT_TRUE(contains(page, ".TP\n\\fB\\-o\\fR, \\fB\\-\\-output\\fR \\fIFILE|\\-\\fR\n"));
  EXPECT_TRUE(contains(page, "\\fB\\-\\-mode\\fR \\fIsafe|stop\\fR...\n"));
}

TEST(BashCompletion, OffersCommandsThenWhatEachTakes) {
  std::string const script = bash_completion({&kOdd, 1});
  EXPECT_TRUE(contains(script, "    '') echo 'odd' ;;\n"));
  EXPECT_TRUE(contains(script, "    'odd') echo 'this that --output --mode --all' ;;\n"));
  EXPECT_TRUE(contains(script, "    'odd --output') echo '@file' ;;\n"));
  EXPECT_TRUE(contains(script, "    'odd --mode') echo 'safe stop' ;;\n"));
  EXPECT_FALSE(contains(script, "'odd --all'"));
  EXPECT_EQ(run_tally({"completion", "bash"}).out, bash_completion(outline()));
  EXPECT_EQ(run_tally({"completion", "tcsh"}).code, ExitCode::usage);
}

TEST(BashCompletion, OffersTheClosedWordsThatHelpLists) {
  std::string const script = run_tally({"completion", "bash"}).out;
  for (std::string_view const row :
       {"'errors --severity') echo 'DEBUG INFO ", "'errors --layer') echo 'L1 L2 ",
        "'errors --class') echo 'infra domain system'", "'completion') echo 'bash --",
        "'budget show --tenant') echo '@any'"})
    EXPECT_TRUE(contains(script, row)) << row;
  CommandOutline const any_text{
      .path = "open",
      .summary = "",
      .example = "",
      .options = {{.names = {"in"}, .kind = "FILE|-", .about = "In", .positional = true},
                  {.names = {"id"}, .kind = "apr_...", .about = "Id", .positional = true},
                  {.names = {"--rate"}, .kind = "JSON|@FILE", .about = "Rate"}}};
  std::string const of_open = bash_completion({&any_text, 1});
  EXPECT_TRUE(contains(of_open, "    'open') echo '--rate' ;;\n")) << of_open;
  EXPECT_TRUE(contains(of_open, "    'open --rate') echo '@file' ;;\n")) << of_open;
}

TEST(Pages, AreAlsoWrittenAsJson) {
  EXPECT_TRUE(run_tally({"manual", "--json"}).out.starts_with("{\"roff\":\".TH TALLY"));
  EXPECT_TRUE(run_tally({"completion", "bash", "--json"}).out.starts_with("{\"bash\":\"# Comp"));
}

}  // namespace tally::cli
