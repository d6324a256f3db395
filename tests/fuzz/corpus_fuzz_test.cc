// What libFuzzer found worth keeping, and mutants of it, through the same doors.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "base/check.h"
#include "fuzz/doors.h"
#include "fuzz/fuzz.h"

namespace tally::fuzz {
namespace {

class CorpusTest : public testing::TestWithParam<Door> {
 protected:
  std::vector<Bytes> corpus() const {
    std::vector<std::filesystem::path> paths;
    for (auto const& file : std::filesystem::directory_iterator(
             std::string(TALLY_SOURCE_DIR "/tests/fuzz/corpus/") + GetParam().name))
      paths.push_back(file.path());
    std::sort(paths.begin(), paths.end());
    std::vector<Bytes> all;
    for (auto const& path : paths) {
      std::ifstream file(path, std::ios::binary);
      all.push_back(to_bytes(std::string(std::istreambuf_iterator<char>(file), {})));
    }
    return all;
  }
};
INSTANTIATE_TEST_SUITE_P(Fuzz, CorpusTest, testing::ValuesIn(kDoors),
                         [](auto const& door) { return std::string(door.param.name); });

std::set<std::string> names_in(std::string const& file, std::string const& pattern) {
  std::ifstream in(TALLY_SOURCE_DIR + file);
  std::string const text(std::istreambuf_iterator<char>(in), {});
  std::regex const each(pattern);
  return {std::sregex_token_iterator(text.begin(), text.end(), each, 1),
          std::sregex_token_iterator()};
}

TEST_P(CorpusTest, NothingInItNorNearItGetsThrough) {
  auto const seeds = corpus();
  ASSERT_GT(seeds.size(), 3u);
  run(seeds, [&](ByteView bytes) {
    CheckTrap const trap;
    try {
      GetParam().enter(bytes);
    } catch (BrokenAssumption const& broken) {
      ADD_FAILURE() << broken.what();
    }
  });
}

// Each door has a corpus, a libFuzzer program and its build; and nothing has one without a door.
TEST(Doors, AreTheSameToTheTestTheCorpusTheBuildAndThePreset) {
  std::set<std::string> named;
  for (Door const& door : kDoors) named.insert(door.name);
  std::set<std::string> corpora;
  for (auto const& folder :
       std::filesystem::directory_iterator(TALLY_SOURCE_DIR "/tests/fuzz/corpus"))
    corpora.insert(folder.path().filename().string());
  EXPECT_EQ(corpora, named);
  EXPECT_EQ(names_in("/tests/fuzz/doors.cmake", "tally_door\\((\\w+) "), named);
  EXPECT_EQ(names_in("/CMakePresets.json", "\"fuzz_(\\w+)\""), named);
}

TEST(Corpus, StaysSmall) {
  std::uint64_t bytes = 0;
  for (auto const& file :
       std::filesystem::recursive_directory_iterator(TALLY_SOURCE_DIR "/tests/fuzz/corpus"))
    if (file.is_regular_file()) bytes += file.file_size();
  EXPECT_LT(bytes, 1'000'000u);
}

}  // namespace
}  // namespace tally::fuzz
