// What pages say of this tree is held against the tree: links lead somewhere, status.md names tests
// that are there, and the programs of CONTRIBUTING.md exist. Each check is shown a page that lies.

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace tally::style {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

fs::path const kRoot = TALLY_SOURCE_DIR;

std::string content_of(fs::path const& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What group `group` of the pattern matched, in order.
Lines all_of(std::regex const& pattern, std::string const& text, int group = 1) {
  std::sregex_token_iterator const first(text.begin(), text.end(), pattern, group);
  return {first, std::sregex_token_iterator()};
}

// A name as in `Suite.Name`, and whether `source` defines that test.
bool defines(std::string const& source, std::string const& name) {
  auto const dot = name.find('.');
  std::regex const macro("TEST(_F|_P)?\\(" + name.substr(0, dot) + ",\\s*" + name.substr(dot + 1) +
                         "\\)");
  return std::regex_search(source, macro);
}

// The last cell of a row names files, "path: `Suite.Name`, `Suite.Name`<br>path: ...".
Lines lies_of_status(std::string const& page) {
  std::regex const name("`([A-Z]\\w*\\.[A-Z]\\w*)`");
  std::regex const proof("([\\w/.]+): (((?!<br>).)*)");
  Lines lies;
  std::istringstream rows(page);
  for (std::string row; std::getline(rows, row);) {
    if (!row.starts_with("| ") || !row.ends_with("|")) continue;
    auto const last = row.rfind('|', row.size() - 2);
    std::string const cell = row.substr(last + 1, row.size() - last - 2);
    std::size_t named = 0;
    for (auto at = std::sregex_iterator(cell.begin(), cell.end(), proof);
         at != std::sregex_iterator(); ++at) {
      fs::path const file = kRoot / (*at)[1].str();
      std::string const source = content_of(file);
      if (!fs::is_regular_file(file)) lies.push_back("no file " + (*at)[1].str());
      for (auto const& one : all_of(name, (*at)[2].str())) {
        ++named;
        if (!defines(source, one)) lies.push_back((*at)[1].str() + " has no " + one);
      }
    }
    if (named != all_of(name, cell).size()) lies.push_back("a test without its file: " + cell);
  }
  return lies;
}

// Links to other pages and files, as seen from the folder of the page.
Lines dead_links(std::string const& page, fs::path const& folder) {
  Lines dead;
  for (auto const& target : all_of(std::regex("\\]\\(([^)#\\s]+)"), page))
    if (target.find("://") == std::string::npos && !fs::exists(folder / target))
      dead.push_back(target);
  return dead;
}

// Programs and files of the tree in blocks of commands; what a build makes is not there yet.
Lines absent_programs(std::string const& page) {
  Lines absent;
  for (auto const& block : all_of(std::regex("```sh\n([^`]*)```"), page))
    for (auto const& path : all_of(std::regex("(?:^|\n)(\\.?[a-z]*/[\\w./-]+)"), block))
      if (!path.starts_with("build/") && !fs::exists(kRoot / path)) absent.push_back(path);
  return absent;
}

Lines pages() {
  Lines found{"README.md", "CONTRIBUTING.md"};
  for (auto const& entry : fs::recursive_directory_iterator(kRoot / "docs"))
    if (entry.path().extension() == ".md")
      found.push_back(entry.path().lexically_relative(kRoot).generic_string());
  return found;
}

void expect_none(std::string const& page, Lines const& faults) {
  for (auto const& fault : faults) ADD_FAILURE() << page << ": " << fault;
}

}  // namespace

TEST(Documents, CatchAPageThatLies) {
  std::string const here = "tests/documents_test.cc";
  EXPECT_EQ(lies_of_status("| X1 | done | a | " + here + ": `Documents.CatchAPageThatLies` |"),
            Lines());
  EXPECT_EQ(lies_of_status("| X1 | done | a | " + here + ": `Documents.Gone`<br>" + here + ": |"),
            Lines{here + " has no Documents.Gone"});
  EXPECT_EQ(lies_of_status("| X1 | done | a | tests/gone.cc: its asserts |"),
            Lines{"no file tests/gone.cc"});
  EXPECT_EQ(lies_of_status("| X1 | done | a | `Documents.Gone` |").size(), 1u);
  EXPECT_EQ(dead_links("[a](test), [b](https://example.com/), [c](gone.md#d)", kRoot),
            Lines{"gone.md"});
  EXPECT_EQ(absent_programs("```sh\n./test all\nbuild/dev/x\n./gone\nsim/gone.py a\n```\n"),
            (Lines{"./gone", "sim/gone.py"}));
}

TEST(Documents, LinkToWhatThereIs) {
  auto const all = pages();
  ASSERT_GT(all.size(), 20u);
  for (auto const& page : all)
    expect_none(page, dead_links(content_of(kRoot / page), (kRoot / page).parent_path()));
}

TEST(Documents, NameOnlyTestsThatThereAreAsProof) {
  auto const status = content_of(kRoot / "docs/status.md");
  ASSERT_GT(all_of(std::regex("`([A-Z]\\w*\\.[A-Z]\\w*)`"), status).size(), 100u);
  expect_none("docs/status.md", lies_of_status(status));
}

TEST(Documents, NameOnlyProgramsThatThereAreToContributors) {
  auto const page = content_of(kRoot / "CONTRIBUTING.md");
  ASSERT_TRUE(page.find("```sh\n./test") != std::string::npos);
  expect_none("CONTRIBUTING.md", absent_programs(page));
  expect_none("README.md", absent_programs(content_of(kRoot / "README.md")));
}

}  // namespace tally::style
