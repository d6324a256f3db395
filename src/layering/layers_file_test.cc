#include "layering/layers_file.h"

#include <gtest/gtest.h>

namespace tally::layering {
namespace {

// The detail of the refusal, or "accepted".
std::string refusal(std::string_view toml) {
  auto layers = parse_layers(toml);
  if (layers) return "accepted";
  EXPECT_EQ(layers.error().code, "layers_invalid");
  return layers.error().detail;
}

bool mentions(std::string const& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

constexpr std::string_view kTwo = R"([folders]
a = { path = "src/a", layer = "L4", uses = [], headers = ["boost"] }
b = { path = "src/a/b", layer = "L2", uses = ["a"], headers = [] }
)";

TEST(LayersFile, ReadsFoldersAndTheirEdges) {
  auto layers = parse_layers(kTwo);
  ASSERT_TRUE(layers) << layers.error().detail;
  ASSERT_EQ(layers->folders.size(), 2u);
  EXPECT_EQ(layers->find("a")->headers, std::vector<std::string>{"boost"});
  EXPECT_TRUE(layers->find("b")->uses.contains("a"));
  EXPECT_EQ(layers->find("b")->layer, "L2");
  EXPECT_EQ(layers->find("c"), nullptr);
}

TEST(LayersFile, GivesAFileToTheInnermostFolder) {
  auto layers = parse_layers(kTwo);
  ASSERT_TRUE(layers);
  EXPECT_EQ(layers->folder_of("src/a/x.cc")->name, "a");
  EXPECT_EQ(layers->folder_of("src/a/b/x.cc")->name, "b");
  EXPECT_EQ(layers->folder_of("src/a/bc/x.cc")->name, "a");
  EXPECT_EQ(layers->folder_of("src/ab/x.cc"), nullptr);
}

TEST(LayersFile, ReadsHeadersOpenToAll) {
  auto layers = parse_layers("open_headers = [\"fmt\"]\n" + std::string(kTwo));
  ASSERT_TRUE(layers) << layers.error().detail;
  EXPECT_EQ(layers->open_headers, std::vector<std::string>{"fmt"});
}

TEST(LayersFile, RefusesAnUnknownKeyAnywhere) {
  auto inside = refusal(
      "[folders]\na = { path = \"a\", layer = \"L1\", uses = [], headers = [], use = [] }\n");
  EXPECT_TRUE(mentions(inside, "line 2") && mentions(inside, "\"use\"")) << inside;
  auto outside = refusal("colour = 1\n" + std::string(kTwo));
  EXPECT_TRUE(mentions(outside, "\"colour\"")) << outside;
}

TEST(LayersFile, RefusesAMissingOrMistypedKey) {
  EXPECT_TRUE(
      mentions(refusal("[folders]\na = { layer = \"L1\", uses = [], headers = [] }\n"), "path"));
  EXPECT_TRUE(
      mentions(refusal("[folders]\na = { path = \"a\", layer = \"L1\", headers = [] }\n"), "uses"));
  EXPECT_TRUE(mentions(
      refusal("[folders]\na = { path = \"a\", layer = \"L1\", uses = [1], headers = [] }\n"),
      "list of strings"));
  EXPECT_TRUE(mentions(
      refusal("[folders]\na = { path = \"a\", layer = \"L8\", uses = [], headers = [] }\n"),
      "L0 to L7"));
}

TEST(LayersFile, RefusesAPathThatLeavesTheTree) {
  for (auto path : {"../a", "/a", "a/../b", "a//b", "./a", "a/", ""}) {
    auto said = refusal("[folders]\na = { path = \"" + std::string(path) +
                        "\", layer = \"L1\", uses = [], headers = [] }\n");
    EXPECT_TRUE(mentions(said, "plain relative path")) << path << ": " << said;
  }
}

TEST(LayersFile, RefusesAUseOfNoFolder) {
  auto said =
      refusal("[folders]\na = { path = \"a\", layer = \"L1\", uses = [\"z\"], headers = [] }\n");
  EXPECT_TRUE(mentions(said, "a uses \"z\"")) << said;
}

TEST(LayersFile, RefusesTwoFoldersWithOnePath) {
  auto said = refusal(R"([folders]
a = { path = "x", layer = "L1", uses = [], headers = [] }
b = { path = "x", layer = "L1", uses = [], headers = [] }
)");
  EXPECT_TRUE(mentions(said, "a and b have the same path")) << said;
}

TEST(LayersFile, RefusesACycleAndNamesIt) {
  auto said = refusal(R"([folders]
a = { path = "a", layer = "L1", uses = ["b"], headers = [] }
b = { path = "b", layer = "L1", uses = ["c"], headers = [] }
c = { path = "c", layer = "L1", uses = ["b"], headers = [] }
)");
  EXPECT_TRUE(mentions(said, "b -> c -> b")) << said;
  auto self =
      refusal("[folders]\na = { path = \"a\", layer = \"L1\", uses = [\"a\"], headers = [] }\n");
  EXPECT_TRUE(mentions(self, "a -> a")) << self;
}

TEST(LayersFile, RefusesBrokenTomlAndAnEmptyFile) {
  EXPECT_TRUE(mentions(refusal("[folders\n"), "line 1"));
  EXPECT_TRUE(mentions(refusal(""), "[folders]"));
}

}  // namespace
}  // namespace tally::layering
