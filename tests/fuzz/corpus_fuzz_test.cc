// What libFuzzer found worth keeping, and mutants of it, through the same doors.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/check.h"
#include "fuzz/doors.h"
#include "fuzz/fuzz.h"

namespace tally::fuzz {
namespace {

struct Door {
  char const* name;
  void (*enter)(ByteView);
};

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
INSTANTIATE_TEST_SUITE_P(Fuzz, CorpusTest,
                         testing::Values(Door{"receipt", receipt}, Door{"job_toml", job_toml},
                                         Door{"halt", halt}, Door{"snapshot", snapshot},
                                         Door{"mark_file", mark_file}),
                         [](auto const& door) { return std::string(door.param.name); });

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

TEST(Corpus, StaysSmall) {
  std::uint64_t bytes = 0;
  for (auto const& file :
       std::filesystem::recursive_directory_iterator(TALLY_SOURCE_DIR "/tests/fuzz/corpus"))
    if (file.is_regular_file()) bytes += file.file_size();
  EXPECT_LT(bytes, 1'000'000u);
}

}  // namespace
}  // namespace tally::fuzz
