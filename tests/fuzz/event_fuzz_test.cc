// Whatever bytes stand in a leaf, they decode to an event whose canonical form they are, or they
// are refused.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "codec/event_codec.h"
#include "fuzz/fuzz.h"

namespace tally::fuzz {
namespace {

// The published leaves, one of every type.
std::vector<Bytes> seeds() {
  std::vector<std::filesystem::path> paths;
  for (auto const& file : std::filesystem::directory_iterator(TALLY_SOURCE_DIR "/src/codec/golden"))
    paths.push_back(file.path());
  std::sort(paths.begin(), paths.end());
  std::vector<Bytes> leaves;
  for (auto const& path : paths) {
    std::ifstream file(path, std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(file), {});
    while (text.ends_with('\n')) text.pop_back();
    leaves.push_back(to_bytes(text));
  }
  return leaves;
}

TEST(EventFuzz, ALeafDecodesToTheEventThatItIsTheBytesOfOrIsRefused) {
  std::uint64_t accepted = 0;
  auto const leaves = seeds();
  ASSERT_GT(leaves.size(), 20u);
  run(leaves, [&](ByteView leaf) {
    auto const recorded = codec::decode(leaf);
    domain::Recorded event;
    bool const event_read = codec::decode(leaf, event, codec::Part::event).has_value();
    EXPECT_TRUE(event_read || !recorded);
    if (!recorded) {
      EXPECT_FALSE(recorded.error().detail.empty());
      return;
    }
    Bytes again;
    codec::encode(*recorded, again);
    EXPECT_TRUE(std::ranges::equal(again, leaf));
    ++accepted;
  });
  EXPECT_GT(accepted, leaves.size());  // some mutants are other events, not all are noise
}

}  // namespace
}  // namespace tally::fuzz
