// The rules of form as a test: each rule is shown a bad sample that it must catch and a good one
// that it must leave alone, and then this tree.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "tests/style_rules.h"

namespace tally::style {
namespace {

namespace fs = std::filesystem;
using Rule = Findings (*)(SourceFile const&);

// --- samples -----------------------------------------------------------------------------------

std::size_t caught(Rule rule, std::string path, std::string text) {
  return rule({std::move(path), std::move(text)}).size();
}

std::string repeated(int n, std::string_view line) {
  std::string text;
  for (int i = 0; i < n; ++i) text += line;
  return text;
}

std::string said(Rule rule, std::string path, std::string text) {
  auto found = rule({std::move(path), std::move(text)});
  return found.empty() ? "nothing" : found[0].what;
}

TEST(Style, CapsTheLengthOfFiles) {
  EXPECT_EQ(caught(file_length, "src/a/a.cc", repeated(400, "\n")), 0u);
  EXPECT_EQ(caught(file_length, "src/a/a.cc", repeated(401, "\n")), 1u);
  EXPECT_EQ(caught(file_length, "src/a/a.h", repeated(200, "\n")), 0u);
  EXPECT_EQ(caught(file_length, "src/a/a.h", repeated(201, "\n")), 1u);
}

TEST(Style, CapsTheLengthOfLinesInCharacters) {
  EXPECT_EQ(caught(line_length, "src/a/a.cc", std::string(100, 'x') + "\n"), 0u);
  EXPECT_EQ(caught(line_length, "src/a/a.cc", std::string(101, 'x') + "\n"), 1u);
  EXPECT_EQ(caught(line_length, "src/a/a.cc", "// " + repeated(97, "\u00e9") + "\n"), 0u);
}

TEST(Style, CapsTheLengthOfFunctions) {
  auto body = [](int lines) { return "{\n" + repeated(lines - 2, "  if (x) { y(); }\n") + "}\n"; };
  auto count = [](std::string const& text) { return caught(function_length, "src/a/a.cc", text); };
  EXPECT_EQ(count("int f() " + body(70)), 0u);
  EXPECT_EQ(count("int f() " + body(71)), 1u);
  EXPECT_EQ(count("namespace a {\ntemplate <class T>\nauto B<T>::f(int x) const -> int " +
                  body(70) + "}\n"),
            1u);
  EXPECT_EQ(count("A::A() : a_{1}, b_(2) " + body(71)), 1u);
  EXPECT_EQ(count("bool operator==(A const& a, A const& b) " + body(71)), 1u);
  EXPECT_EQ(count("TEST(A, B) " + body(71)), 1u);
  EXPECT_EQ(count("class A {\n public:\n  void f() " + body(71) + "};\n"), 1u);
}

TEST(Style, LetsTablesAndClassesBeLong) {
  auto rows = repeated(90, "  {1, f(2)},\n");
  EXPECT_EQ(caught(function_length, "src/a/a.cc", "Row const kRows[] = {\n" + rows + "};\n"), 0u);
  auto members = repeated(90, "  void f() { g(); }\n");
  EXPECT_EQ(caught(function_length, "src/a/a.h",
                   "template <class T = void (*)()>\nstruct A : B {\n" + members + "};\n"),
            0u);
  EXPECT_EQ(caught(function_length, "src/a/a.h", "#define A(x) do { \\\n  (x); {\nint f();\n"), 0u);
}

TEST(Style, WantsPragmaOnceFirst) {
  EXPECT_EQ(caught(pragma_once, "src/a/a.h", "// Why.\n#pragma once\n#include <map>\n"), 0u);
  EXPECT_EQ(caught(pragma_once, "src/a/a.h", "#include <map>\n#pragma once\n"), 1u);
  EXPECT_EQ(caught(pragma_once, "src/a/a.h", "// #pragma once\n"), 1u);
  EXPECT_EQ(caught(pragma_once, "src/a/a.cc", "int x;\n"), 0u);
}

TEST(Style, BansTheAmbientClockOutsidePlatform) {
  for (auto bad : {"auto t = std::chrono::system_clock::now();", "steady_clock::time_point t;",
                   "high_resolution_clock c;", "clock_gettime(CLOCK_REALTIME, &t);",
                   "auto t = time( nullptr );", "gettimeofday(&t, 0);"})
    EXPECT_EQ(caught(banned_words, "src/api/a.cc", bad), 1u) << bad;
  EXPECT_NE(said(banned_words, "src/client/a.cc", "steady_clock c;").find("ports::Clock"),
            std::string::npos);
  EXPECT_NE(said(banned_words, "sim/a.cc", "steady_clock c;").find("ports::Clock"),
            std::string::npos);
  EXPECT_EQ(caught(banned_words, "src/platform/system_clock.cc", "system_clock::now();"), 0u);
  EXPECT_EQ(caught(banned_words, "src/api/a.cc", "// system_clock\nf(\"system_clock\");"), 0u);
  EXPECT_EQ(caught(banned_words, "src/api/a.cc", "clock.time(start); run_time(nullptr);"), 0u);
}

TEST(Style, BansRandomnessThatCannotBeRepeated) {
  for (auto bad : {"int n = rand();", "std::srand(1);", "std::random_device d;",
                   "std::uniform_int_distribution<int> d(1, 6);", "std::mt19937 g;",
                   "std::shuffle(a.begin(), a.end(), g);", "std::ranges::shuffle(a, g);"})
    EXPECT_EQ(caught(banned_words, "src/platform/a.cc", bad), 1u) << bad;
  EXPECT_EQ(caught(banned_words, "sim/a.cc", "operand(x); prng.shuffle(a); brand = 1;"), 0u);
}

TEST(Style, BansSleeping) {
  for (auto bad : {"std::this_thread::sleep_for(x);", "usleep(10);", "::sleep(1);",
                   "nanosleep(&t, &u);", "std::this_thread::sleep_until(x);"})
    EXPECT_EQ(caught(banned_words, "tests/a_test.cc", bad), 1u) << bad;
  EXPECT_EQ(caught(banned_words, "src/a/a.cc", "bool sleep = true; oversleep(1);"), 0u);
}

TEST(Style, BansTheEnvironmentOutsideMain) {
  EXPECT_EQ(caught(banned_words, "src/api/a.cc", "auto* home = std::getenv(\"HOME\");"), 1u);
  EXPECT_EQ(caught(banned_words, "src/cli/main.cc", "std::getenv(\"TALLY_KEY\");"), 0u);
  EXPECT_EQ(caught(banned_words, "src/merkle/vectors_test.cc", "std::getenv(\"TALLY_DATA\");"), 0u);
}

TEST(Style, BansUnorderedContainersAndFloatingPointInTheDomain) {
  for (auto bad : {"std::unordered_map<int, int> m;", "unordered_set<int> s;", "double d = 1;",
                   "float f;", "long double d;"}) {
    EXPECT_EQ(caught(banned_words, "src/domain/run/a.h", bad), 1u) << bad;
    EXPECT_EQ(caught(banned_words, "src/json/a.h", bad), 0u) << bad;
  }
  std::string const hashed = "absl::flat_hash_map<int, int> m;";
  EXPECT_EQ(caught(banned_words, "src/domain/state.h", hashed), 1u);
  EXPECT_EQ(caught(banned_words, "src/domain/table.h", hashed), 0u);
}

TEST(Style, BansBracesAndLambdasInsideCoAwait) {
  for (auto bad : {"co_await f({.a = x});", "auto r = co_await f(Agg{1});", "co_await g({});",
                   "co_await f([&] { return 1; });", "if (co_await f(A{})) { g(); }",
                   "co_return co_await\n    f(a, {b});", "co_await [] { return f(); }();"})
    EXPECT_EQ(caught(co_await_operands, "src/platform/a.cc", bad), 1u) << bad;
  for (auto good : {"co_await f(a, b);", "if (co_await f(a)) { g(); }", "co_await f(a[0]); {}",
                    "co_await f(g(a)[1]);", "while (co_await next()) { auto l = [] {}; }",
                    "// co_await f({})\n"})
    EXPECT_EQ(caught(co_await_operands, "src/platform/a.cc", good), 0u) << good;
}

TEST(Style, WantsScopesAndRolesAsWordsOfTheirEnums) {
  std::string const bad =
      "return key.scopes.contains(\"admin\") || who.roles.contains(\"viewer\");";
  EXPECT_EQ(closed_words({"src/domain/who.cc", bad}).size(), 2u);
  EXPECT_EQ(closed_words({"src/domain/who.cc", "return key.has(KeyScope::admin);"}).size(), 0u);
  EXPECT_EQ(closed_words({"src/domain/who_test.cc", bad}).size(), 0u);
}

TEST(Style, KeepsHeavyHeadersInTheSourcesThatWrapThem) {
  EXPECT_EQ(caught(heavy_includes, "src/platform/a.cc", "#include <boost/asio.hpp>\n"), 0u);
  EXPECT_EQ(caught(heavy_includes, "src/json/parse.cc", "#include <simdjson.h>\n"), 0u);
  EXPECT_EQ(caught(heavy_includes, "src/platform/a.h", "#include <boost/asio.hpp>\n"), 1u);
  EXPECT_EQ(caught(heavy_includes, "src/api/a.cc", "#include <boost/beast/http.hpp>\n"), 1u);
  EXPECT_EQ(caught(heavy_includes, "sim/a.cc", "#include <simdjson.h>\n"), 1u);
}

TEST(Style, BansUnfinishedMarks) {
  EXPECT_EQ(caught(unfinished_marks, "run",
                   "# TO"
                   "DO: later\n"),
            1u);
  EXPECT_EQ(caught(unfinished_marks, "src/a/a.cc",
                   "int x;  // FIX"
                   "ME\n"),
            1u);
  EXPECT_EQ(caught(unfinished_marks, "src/a/a.cc", "auto_todo_list(); kHACKS;\n"), 0u);
}

TEST(Style, CapsTheSizeOfEveryFile) {
  EXPECT_EQ(caught(file_size, "docs/a.png", std::string(1024 * 1024, 'x')), 0u);
  EXPECT_EQ(caught(file_size, "docs/a.png", std::string(1024 * 1024 + 1, 'x')), 1u);
}

TEST(Style, BansNamesThatSayNothing) {
  for (auto bad : {"src/util/a.cc", "src/a/string_utils.h", "src/common/a.h", "src/a/helpers.cc",
                   "src/a/run_manager.h", "src/a/a_impl.cc", "docs/misc.md"})
    EXPECT_EQ(empty_names(bad).size(), 1u) << bad;
  EXPECT_EQ(empty_names("src/commons_register/utility.h").size(), 0u);
}

TEST(Style, BansGeneratedFolders) {
  EXPECT_EQ(generated_folders("build/dev/a.o").size(), 1u);
  EXPECT_EQ(generated_folders("src/console/node_modules/a.js").size(), 1u);
  EXPECT_EQ(generated_folders("docs/build.md").size(), 0u);
}

// --- this tree ---------------------------------------------------------------------------------

fs::path const kRoot = TALLY_SOURCE_DIR;

std::string content(fs::path const& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<SourceFile> sources() {
  std::vector<SourceFile> found;
  for (auto top : {"src", "sim", "tests", "bench"}) {
    if (!fs::is_directory(kRoot / top)) continue;
    for (auto const& entry : fs::recursive_directory_iterator(kRoot / top)) {
      auto extension = entry.path().extension();
      if (entry.is_regular_file() && (extension == ".h" || extension == ".cc"))
        found.push_back(
            {entry.path().lexically_relative(kRoot).generic_string(), content(entry.path())});
    }
  }
  return found;
}

// What git tracks; empty when this is not a checkout.
std::vector<std::string> tracked() {
  auto command =
      fmt::format("git -c safe.directory='*' -C '{}' ls-files -z 2>/dev/null", kRoot.string());
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string all;
  std::array<char, 4096> block{};
  while (auto n = pipe ? fread(block.data(), 1, block.size(), pipe.get()) : 0)
    all.append(block.data(), n);
  std::vector<std::string> paths;
  for (std::size_t at = 0, end = 0; (end = all.find('\0', at)) != std::string::npos; at = end + 1)
    if (auto path = all.substr(at, end - at); fs::is_regular_file(kRoot / path))
      paths.push_back(path);
  return paths;
}

void report(std::string const& path, Findings const& findings) {
  for (auto const& finding : findings)
    ADD_FAILURE() << path << ":" << finding.line << ": " << finding.what;
}

class StyleOfThisTree : public testing::TestWithParam<Rule> {};

std::string rule_name(testing::TestParamInfo<Rule> const& rule) {
  static constexpr std::array names = {"FileLength",   "LineLength",  "FunctionLength",
                                       "PragmaOnce",   "BannedWords", "CoAwaitOperands",
                                       "HeavyIncludes", "ClosedWords"};
  return names.at(rule.index);
}

INSTANTIATE_TEST_SUITE_P(Rules, StyleOfThisTree,
                         testing::Values(file_length, line_length, function_length, pragma_once,
                                         banned_words, co_await_operands, heavy_includes,
                                         closed_words),
                         rule_name);

TEST_P(StyleOfThisTree, IsKept) {
  auto files = sources();
  ASSERT_GT(files.size(), 20u);
  for (auto const& file : files) report(file.path, GetParam()(file));
}

TEST(TrackedFiles, HaveNamesThatSaySomethingAndAreSmallFinishedAndOurs) {
  auto paths = tracked();
  if (paths.empty()) GTEST_SKIP() << kRoot << " is not a git checkout";
  for (auto const& path : paths) {
    report(path, empty_names(path));
    report(path, generated_folders(path));
    SourceFile file{path, content(kRoot / path)};
    report(path, file_size(file));
    if (!path.ends_with(".md")) report(path, unfinished_marks(file));
  }
}

}  // namespace
}  // namespace tally::style
