// No sentence that a person reads names a command or a path that does not exist: every text between
// quotes in the sources is held against the table of commands and the table of routes.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include "api/components.h"
#include "api/routes.h"
#include "cli/command.h"

namespace tally::cli {
namespace {

std::regex const kQuoted("\"[^\"\n]*\"");

std::string content_of(std::filesystem::path const& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Texts of the sources that speak to people; tests may name what is not there.
std::vector<std::pair<std::string, std::string>> texts() {
  std::vector<std::pair<std::string, std::string>> all;
  for (auto const& entry :
       std::filesystem::recursive_directory_iterator(std::string(TALLY_SOURCE_DIR) + "/src")) {
    std::string const name = entry.path().string();
    bool const source = name.ends_with(".cc") || name.ends_with(".h");
    bool const test =
        name.find("_test") != std::string::npos || name.find("fixture") != std::string::npos;
    if (source && !test) all.emplace_back(name, content_of(entry.path()));
  }
  return all;
}

bool is_command(std::string const& first, std::string const& second) {
  bool group = false;
  for (Command const& command : commands()) {
    if (command.path == first || command.path == first + " " + second) return true;
    group = group || command.path.starts_with(first + " ");
  }
  return group && second.empty();
}

}  // namespace

TEST(Messages, NameOnlyCommandsThatThereAre) {
  // "tally" as the command that it is: before lower-case words.
  std::regex const each("(?:^|[^a-z/_.-])tally ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?");
  // What follows the name without being a command: the line of a start, and the words that a claim
  // code is hashed with.
  std::set<std::string> const prose{"serves", "claim"};
  std::size_t found = 0;
  for (auto const& [name, text] : texts()) {
    for (auto line = std::sregex_iterator(text.begin(), text.end(), kQuoted);
         line != std::sregex_iterator(); ++line) {
      std::string const quoted = line->str();
      for (auto at = std::sregex_iterator(quoted.begin(), quoted.end(), each);
           at != std::sregex_iterator(); ++at) {
        std::string const first = (*at)[1];
        std::string const second = (*at)[2];
        if (prose.contains(first)) continue;
        EXPECT_TRUE(is_command(first, second)) << name << ": " << quoted;
        ++found;
      }
    }
  }
  EXPECT_GT(found, 40u);
}

TEST(Messages, KnowEveryComponentThatSpeaksOfErrors) {
  std::vector<std::regex> const each{std::regex(R"re(errors\(?_?\)?, "([a-z_]+)")re"),
                                     std::regex(R"re(errors = \{&.*, "([a-z_]+)")re"),
                                     std::regex(R"re( finding\(.*, "([a-z_]+)",)re")};
  std::set<std::string, std::less<>> found;
  for (auto const& [name, text] : texts()) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
      for (std::regex const& one : each)
        if (std::smatch match; std::regex_search(line, match, one)) found.insert(match[1]);
  }
  EXPECT_EQ(found,
            (std::set<std::string, std::less<>>(api::kComponents.begin(), api::kComponents.end())));
}

TEST(Messages, NameOnlyPathsThatThereAre) {
  std::regex const path("/(?:v1|problems|docs|readyz|health|metrics)(?:/[a-z0-9{}_.-]+)*");
  std::size_t found = 0;
  for (auto const& [name, text] : texts()) {
    for (auto line = std::sregex_iterator(text.begin(), text.end(), kQuoted);
         line != std::sregex_iterator(); ++line) {
      std::string const quoted = line->str();
      bool const include = name.ends_with(".h") && quoted.ends_with(".h\"");
      for (auto at = std::sregex_iterator(quoted.begin(), quoted.end(), path);
           at != std::sregex_iterator() && !include; ++at) {
        std::string named = at->str();
        while (named.ends_with('.')) named.pop_back();
        bool known = named == "/v1";
        for (api::Route const& route : api::routes())
          known = known || route.pattern == named || route.pattern.starts_with(named + "/") ||
                  !api::match_route("GET", named).allow.empty();
        EXPECT_TRUE(known) << name << ": " << quoted;
        ++found;
      }
    }
  }
  EXPECT_GT(found, 40u);
}

}  // namespace tally::cli
