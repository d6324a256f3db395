#include "layering/check.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace tally::layering {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLayers = R"([folders]
base = { path = "src/base", layer = "L0", uses = [], headers = ["fmt"] }
core = { path = "src/core", layer = "L4", uses = [], headers = [] }
edge = { path = "src/edge", layer = "L6", uses = ["core"], headers = ["boost/asio", "sodium.h"] }
deep = { path = "src/edge/deep", layer = "L7", uses = [], headers = [] }
)";

// A small tree in the temp directory that goes away with the test.
class LayersCheck : public testing::Test {
 protected:
  LayersCheck() {
    auto const* name = testing::UnitTest::GetInstance()->current_test_info()->name();
    root_ = fs::temp_directory_path() / ("layers_" + std::to_string(getpid()) + "_" + name);
    write("layers.toml", kLayers);
    write("src/core/state.h", "#include <vector>\n");
  }
  ~LayersCheck() override {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }

  void write(std::string const& path, std::string_view text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << text;
  }

  // The one violation there should be; a default one with the text of all if there are others.
  Violation only() {
    auto report = check(root_);
    if (!report) return {"", 0, report.error().detail, ""};
    if (report->violations.size() == 1) return report->violations[0];
    return {"", 0, to_text(*report), ""};
  }

  std::size_t violations() {
    auto report = check(root_);
    EXPECT_TRUE(report) << report.error().detail;
    if (report && !report->violations.empty()) ADD_FAILURE() << to_text(*report);
    return report ? report->violations.size() : 99;
  }

  void expect(std::string const& file, int line, std::string_view what) {
    auto violation = only();
    EXPECT_EQ(violation.file, file);
    EXPECT_EQ(violation.line, line);
    EXPECT_NE(violation.what.find(what), std::string::npos) << violation.what;
    EXPECT_TRUE(violation.remedy.ends_with('.')) << violation.remedy;
  }

  fs::path root_;
};

TEST_F(LayersCheck, PassesWhatIsDeclared) {
  write("src/base/text.h", "#include <fmt/format.h>\n");
  write("src/edge/a.cc",
        "#include \"edge/a.h\"\n#include <boost/asio/ip/tcp.hpp>\n#include <sodium.h>\n"
        "#include \"core/state.h\"\n#include \"../base/text.h\"\n#include <sys/socket.h>\n");
  write("src/edge/a.h", "#include \"base/text.h\"\n#include <cstdint>\n#include <stdint.h>\n");
  EXPECT_EQ(violations(), 0u);
  EXPECT_EQ(check(root_)->files_scanned, 4u);
}

TEST_F(LayersCheck, CatchesAnUndeclaredEdge) {
  write("src/edge/a.h", "");
  write("src/core/bad.cc", "\n#include \"edge/a.h\"\n");
  expect("src/core/bad.cc", 2, "core (L4) includes src/edge/a.h of edge (L6)");
}

TEST_F(LayersCheck, CatchesAnEdgeHiddenInARelativeOrAnglePath) {
  write("src/edge/a.h", "");
  write("src/core/bad.cc", "#include \"../edge/a.h\"\n");
  expect("src/core/bad.cc", 1, "includes src/edge/a.h");
  write("src/core/bad.cc", "#include <edge/a.h>\n");
  expect("src/core/bad.cc", 1, "includes src/edge/a.h");
  write("src/core/bad.cc", "#include \"src/edge/a.h\"\n");
  expect("src/core/bad.cc", 1, "includes src/edge/a.h");
}

TEST_F(LayersCheck, CatchesAnEdgeToAFileThatIsYetToCome) {
  write("src/core/bad.cc", "#include \"edge/not_written.h\"\n");
  expect("src/core/bad.cc", 1, "includes src/edge/not_written.h of edge");
}

TEST_F(LayersCheck, HoldsAnInnerFolderToItsOwnUses) {
  write("src/edge/deep/bad.cc", "#include \"core/state.h\"\n");
  expect("src/edge/deep/bad.cc", 1, "deep (L7) includes src/core/state.h of core");
}

TEST_F(LayersCheck, HoldsTestsToTheEdgesToo) {
  write("src/edge/a.h", "");
  write("src/core/state_test.cc", "#include <gtest/gtest.h>\n#include \"edge/a.h\"\n");
  expect("src/core/state_test.cc", 2, "includes src/edge/a.h");
}

TEST_F(LayersCheck, CatchesAThirdPartyHeader) {
  write("src/core/bad.cc", "#include <boost/asio.hpp>\n");
  expect("src/core/bad.cc", 1, "third-party header boost/asio.hpp");
  write("src/core/bad.cc", "#include \"sqlite3.h\"\n");
  expect("src/core/bad.cc", 1, "third-party header sqlite3.h");
  write("src/core/bad.cc", "#include \"tl/expected.hpp\"\n");
  expect("src/core/bad.cc", 1, "third-party header tl/expected.hpp");
}

TEST_F(LayersCheck, MatchesAHeaderEntryByWholeComponents) {
  write("src/edge/bad.cc", "#include <boost/asio_extra.hpp>\n");
  expect("src/edge/bad.cc", 1, "boost/asio_extra.hpp");
  write("src/edge/bad.cc", "#include <sodium.hpp>\n");
  expect("src/edge/bad.cc", 1, "sodium.hpp");
}

TEST_F(LayersCheck, LendsTheHeadersOfBaseToNobody) {
  write("src/core/bad.cc", "#include <fmt/format.h>\n");
  expect("src/core/bad.cc", 1, "third-party header fmt/format.h");
  write("layers.toml", "open_headers = [\"fmt\"]\n" + std::string(kLayers));
  EXPECT_EQ(violations(), 0u);
}

TEST_F(LayersCheck, CatchesGtestOutsideATest) {
  for (auto good : {"a_test.cc", "a_test_peer.h", "a_fixture.h"})
    write("src/core/" + std::string(good), "#include <gtest/gtest.h>\n");
  write("src/core/bad.cc", "#include <gtest/gtest.h>\n");
  expect("src/core/bad.cc", 1, "gtest/gtest.h");
}

TEST_F(LayersCheck, CatchesACircleBesideTheEdgeThatClosesIt) {
  write("src/edge/a.h", "#include \"core/state.h\"\n");
  write("src/core/state.h", "#include \"edge/a.h\"\n");
  auto report = check(root_);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->violations.size(), 2u) << to_text(*report);
  EXPECT_NE(report->violations[0].what.find("does not list"), std::string::npos);
  EXPECT_NE(report->violations[1].what.find("core -> edge -> core"), std::string::npos)
      << report->violations[1].what;
}

TEST_F(LayersCheck, CatchesASourceOfNoFolder) {
  write("src/stray/x.cpp", "");
  expect("src/stray/x.cpp", 0, "belongs to no folder");
}

TEST_F(LayersCheck, CatchesAnIncludeOfAFileOfNoFolder) {
  write("tools/x.h", "");
  write("src/core/bad.cc", "#include \"tools/x.h\"\n");
  expect("src/core/bad.cc", 1, "tools/x.h, which belongs to no folder");
}

TEST_F(LayersCheck, CatchesAComputedInclude) {
  write("src/core/bad.cc", "#include CONFIG_H\n");
  expect("src/core/bad.cc", 1, "through a macro");
}

TEST_F(LayersCheck, ReadsEveryExtensionAndNoOther) {
  for (auto extension : {"h", "hpp", "cc", "cpp", "c", "cxx", "txt", "py"})
    write("src/core/x." + std::string(extension), "#include <sodium.h>\n");
  auto report = check(root_);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->violations.size(), 6u) << to_text(*report);
}

TEST_F(LayersCheck, LeavesTreesWithoutAFolderAlone) {
  write("tests/x.cc", "#include <boost/asio.hpp>\n");
  EXPECT_EQ(violations(), 0u);
  EXPECT_EQ(check(root_)->files_scanned, 1u);
}

TEST_F(LayersCheck, RefusesATreeWithNothingToCheck) {
  fs::remove_all(root_ / "src");
  EXPECT_EQ(check(root_).error().code, "layers_empty");
  fs::remove(root_ / "layers.toml");
  EXPECT_EQ(check(root_).error().code, "layers_missing");
}

TEST_F(LayersCheck, WritesTextForPeople) {
  write("src/core/bad.cc", "#include <sodium.h>\n");
  auto text = to_text(*check(root_));
  EXPECT_TRUE(text.starts_with("src/core/bad.cc:1: core includes")) << text;
  EXPECT_TRUE(text.ends_with("\n2 files scanned, 1 violation\n")) << text;
}

TEST(LayersReport, WritesJsonWithEveryCharacterEscaped) {
  Report report{3, {{"a \"b\"\\\n.cc", 7, "what\x01", "Mend it."}}};
  auto json = to_json(report);
  std::erase_if(json, [](char c) { return c == ' ' || c == '\n'; });
  EXPECT_EQ(json, R"({"files_scanned":3,"ok":false,"violations":[{"file":"a\"b\"\\\n.cc","line":7,)"
                  R"("remedy":"Mendit.","what":"what\u0001"}]})");
  EXPECT_NE(to_json({1, {}}).find("\"violations\""), std::string::npos);
}

TEST(LayersOfThisTree, AreKept) {
  auto report = check(TALLY_SOURCE_DIR);
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_GT(report->files_scanned, 20u);
  EXPECT_TRUE(report->violations.empty()) << to_text(*report);
}

}  // namespace
}  // namespace tally::layering
